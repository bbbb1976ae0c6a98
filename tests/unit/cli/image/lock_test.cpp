// A lock is made for a base in a registry in memory, by a pip that is a shell script and says what
// pip has been seen to say: what goes in, what comes out, and how each thing that goes wrong is
// told. tests/integration/lock asks the real pip.
#include "cli/image/lock.h"

#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "cli/image/lock_conflict.h"
#include "cli/image/pip.h"
#include "imagebuild/layer/tar_entry.h"
#include "imagebuild/lock/lock.h"
#include "imagebuild/wheel/stub_wheel.h"
#include "imagebuild/wheel/wheel.h"
#include "tests/fakes/memory_registry.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string site = "usr/local/lib/python3.11/dist-packages/";

// A base with Python 3.11, glibc 2.36, TensorFlow and the numpy that it holds.
spec::ImageReference add_base(MemoryRegistry& registry, bool with_python) {
    std::string tar;
    const auto file = [&](const std::string& path, const std::string& text) {
        using imagebuild::TarType;
        tar += imagebuild::tar_header({path, TarType::File, 0755, text.size(), ""}) + text +
               std::string(imagebuild::tar_padding_bytes(text.size()), '\0');
    };
    if (with_python) {
        file("usr/lib/os-release", "ID=debian\n");
        file("usr/bin/python3.11", "");
        tar += imagebuild::tar_header(
            {"usr/bin/python3", imagebuild::TarType::Symlink, 0777, 0, "python3.11"});
        file("usr/lib/x86_64-linux-gnu/libc.so.6",
             "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n");
        file(site + "numpy-1.24.3.dist-info/METADATA", "Name: numpy\nVersion: 1.24.3\n");
        file(site + "tensorflow-2.13.0+local.dist-info/METADATA",
             "Name: tensorflow\nVersion: 2.13.0+local\nRequires-Dist: numpy<=1.24.3,>=1.22\n");
    }
    tar += std::string(1024, '\0');
    const Json config{{"architecture", "amd64"},
                      {"os", "linux"},
                      {"config", {{"Env", {"PATH=/usr/bin"}}}},
                      {"rootfs", {{"type", "layers"}, {"diff_ids", {sha256(tar).text()}}}}};
    const Json layer{{"mediaType", "application/vnd.oci.image.layer.v1.tar"},
                     {"digest", registry.add_blob("base", tar)},
                     {"size", tar.size()}};
    const Json manifest{{"schemaVersion", 2},
                        {"config", {{"digest", registry.add_blob("base", config.dump())}}},
                        {"layers", Json::array({layer})}};
    return {"registry.example.com", "base", "", registry.add_manifest("base", manifest.dump())};
}

Json item(const std::string& name, const std::string& version, const std::string& file,
          const std::vector<std::string>& requirements = {}) {
    return {{"is_direct", false},
            {"download_info",
             {{"url", "https://files.example.com/a/b/" + file},
              {"archive_info", {{"hashes", {{"sha256", sha256(file).hex()}}}}}}},
            {"metadata", {{"name", name}, {"version", version}, {"requires_dist", requirements}}}};
}
std::string report(const std::vector<Json>& items) {
    return Json{{"version", "1"}, {"install", items}}.dump();
}

class LockTest : public testing::Test {
  protected:
    void SetUp() override {
        work_.write("requirements.in", "wandb==0.15.12\n");
        // Each call answers with the files of its number; without a report it fails.
        pip("python3.11", R"(#!/bin/sh
for word in "$@"; do printf '%s\n' "$word"; done >>"$PIP_CACHE_DIR/argv"
env >"$PIP_CACHE_DIR/env"
while [ $# -gt 0 ]; do
    case "$1" in --report) report=$2;; --constraint) cp "$2" "$PIP_CACHE_DIR/constraints";;
    --find-links) ls "$2" >"$PIP_CACHE_DIR/links";; esac
    shift
done
echo call >>"$PIP_CACHE_DIR/calls"
answer=$PIP_CACHE_DIR/answer-$(wc -l <"$PIP_CACHE_DIR/calls" | tr -d ' ')
cat "$answer.out" 2>/dev/null
cat "$answer.err" >&2 2>/dev/null
cp "$answer.json" "$report" 2>/dev/null
)");
        options_.requirements = (work_.path() / "requirements.in").string();
        options_.base = add_base(http_, true).pull_text();
    }
    void pip(const std::string& name, const std::string& script) {
        bin_.write(name, script);
        ::chmod((bin_.path() / name).c_str(), 0755);
    }
    void answer(int call, const std::string& kind, const std::string& text) {
        said_.write("answer-" + std::to_string(call) + "." + kind, text);
    }
    Result<NewLock> make() {
        const Scratch scratch;
        return make_lock(options_,
                         {{http_, "", {}, {}},
                          scratch.path(),
                          cache_.path(),
                          {{"PATH", bin_.path().string() + ":/usr/bin:/bin"},
                           {"PIP_CACHE_DIR", said_.path().string()},
                           {"PIP_INDEX_URL", "https://user:canary@index.example.com/simple"},
                           {"PIP_NO_DEPS", "1"},
                           {"PYTHONPATH", "/evil"}}},
                         terminal_);
    }
    Error problem() {
        const auto lock = make();
        return lock ? Error(ErrorCode::Internal, "a lock was made") : lock.error();
    }

    MemoryRegistry http_;
    Scratch work_, bin_, said_, cache_;
    LockOptions options_;
    std::ostringstream out_, err_;
    Terminal terminal_{out_, err_};
};

const Json wandb = item("wandb", "0.15.12", "wandb-0.15.12-py3-none-any.whl",
                        {"numpy", "click>=7", "PyYAML; python_version < '3.9'"});
const Json click = item("Click", "8.1.0", "click-8.1.0-py3-none-any.whl");
const Json numpy = item("numpy", "1.24.3", "numpy-1.24.3-999999999-cp311-cp311-any.whl");

TEST_F(LockTest, PinsWhatTheBaseDoesNotShip) {
    answer(1, "json", report({wandb, numpy, click}));
    const auto lock = make();
    ASSERT_TRUE(lock) << lock.error().message;
    options_.requirements = "requirements.in";
    options_.output = "requirements.lock";
    const Digest base = spec::parse_image_reference(options_.base)->digest;
    EXPECT_EQ(lock_text(*lock, options_),
              "# Made by pedigree for one base image; to make it again:\n"
              "#   pedigree lock requirements.in --base " +
                  options_.base +
                  " -o requirements.lock\n"
                  "# base: " +
                  base.text() +
                  ", Python 3.11, glibc 2.36\n"
                  "# of the base: numpy 1.24.3\n"
                  "click==8.1.0 \\\n    --hash=sha256:" +
                  sha256("click-8.1.0-py3-none-any.whl").hex() +
                  "\n"
                  "wandb==0.15.12 \\\n    --hash=sha256:" +
                  sha256("wandb-0.15.12-py3-none-any.whl").hex() + "\n");
    EXPECT_THAT(lock_table(*lock, options_, false),
                HasSubstr("2 packages for Python 3.11; 1 more"));
    const Json printed = expect_schema(lock_json(*lock, options_).dump());
    EXPECT_EQ(printed["packages"][1]["kind"], "wheel");
    EXPECT_EQ(printed["ofBase"][0]["name"], "numpy");
}

TEST_F(LockTest, TheOrderOfThePipsAnswerDoesNotMatter) {
    answer(1, "json", report({wandb, numpy, click}));
    answer(2, "json", report({click, wandb, numpy}));
    const auto one = make(), two = make();
    ASSERT_TRUE(one && two);
    EXPECT_EQ(lock_text(*one, options_), lock_text(*two, options_));
}

TEST_F(LockTest, WhatTheBaseShipsGoesIntoTheResolutionAsItIs) {
    answer(1, "json", report({click}));
    ASSERT_TRUE(make());
    EXPECT_EQ(said_.read("constraints"), "numpy==1.24.3\ntensorflow==2.13.0+local\n");
    EXPECT_THAT(
        said_.read("links"),
        HasSubstr("tensorflow-2.13.0+local-999999999-cp311-cp311-manylinux_2_36_x86_64.whl"));
    const std::string argv = said_.read("argv");
    EXPECT_THAT(argv, AllOf(HasSubstr("--dry-run"), HasSubstr("--python-version\n3.11\n"),
                            HasSubstr("--platform\nmanylinux_2_36_x86_64\n"),
                            HasSubstr("--platform\nmanylinux2014_x86_64\n")));
    EXPECT_THAT(argv, Not(HasSubstr("manylinux_2_37")));
}

TEST_F(LockTest, PipSeesIndexesAndNothingElseOfTheEnvironment) {
    answer(1, "json", report({click}));
    const auto lock = make();
    ASSERT_TRUE(lock);
    EXPECT_THAT(said_.read("env"), AllOf(HasSubstr("PIP_INDEX_URL="), Not(HasSubstr("PIP_NO_DEPS")),
                                         Not(HasSubstr("PYTHONPATH"))));
    EXPECT_THAT(lock_text(*lock, options_), Not(HasSubstr("canary")));
    EXPECT_THAT(said_.read("argv"), Not(HasSubstr("canary")));
}

TEST_F(LockTest, TheBaseIsReadOnce) {
    answer(1, "json", report({click}));
    answer(2, "json", report({click}));
    ASSERT_TRUE(make());
    http_.calls.clear();
    ASSERT_TRUE(make());
    EXPECT_THAT(http_.calls, testing::IsEmpty());
}

TEST_F(LockTest, AConflictSaysWhoWantsWhat) {
    answer(1, "out",
           "Collecting mlflow\n\nThe conflict is caused by:\n"
           "    The user requested mlflow==9\n"
           "    mlflow 9 depends on numpy>=2\n"
           "    The user requested (constraint) numpy==1.24.3\n"
           "\nTo fix this you could try to:\n1. loosen\n");
    answer(1, "err", "ERROR: Cannot install mlflow==9\nERROR: ResolutionImpossible: for help\n");
    const Error error = problem();
    EXPECT_EQ(error.reason, "LockConflict");
    EXPECT_EQ(error.message,
              "no versions go together: " + options_.requirements +
                  " asks for mlflow==9; mlflow 9 wants numpy>=2; the base ships numpy 1.24.3, "
                  "where tensorflow 2.13.0+local wants numpy<=1.24.3,>=1.22; change " +
                  options_.requirements +
                  ", or take a base with Python 3.11 and no packages of its own, such as a slim "
                  "Python image, and a lock that brings everything (docs/spec/image.md, \"A base "
                  "without packages\")");
}

TEST_F(LockTest, AConflictWithoutTheBaseDoesNotBlameIt) {
    answer(1, "out",
           "The conflict is caused by:\n    a 1 depends on c<2\n    b 1 depends on c>2\n");
    answer(1, "err", "ERROR: ResolutionImpossible\n");
    EXPECT_THAT(problem().message,
                AllOf(HasSubstr("a 1 wants c<2; b 1 wants c>2"), Not(HasSubstr("slim"))));
}

constexpr const char* no_pathtools =
    "ERROR: Could not find a version that satisfies the requirement pathtools (from wandb) (from "
    "versions: none)\nERROR: No matching distribution found for pathtools\n";

TEST_F(LockTest, APackageWithoutAWheelIsLockedAsItsSource) {
    answer(1, "err", no_pathtools);
    answer(2, "json", report({item("pathtools", "0.1.2", "pathtools-0.1.2.tar.gz")}));
    answer(3, "json",
           report({wandb, click, numpy,
                   item("pathtools", "0.1.2", "pathtools-0.1.2-999999999-cp311-cp311-any.whl")}));
    const auto lock = make();
    ASSERT_TRUE(lock) << lock.error().message;
    EXPECT_THAT(said_.read("argv"), HasSubstr("--no-binary\npathtools\n--\npathtools\n"));
    EXPECT_THAT(said_.read("links"), HasSubstr("pathtools-0.1.2-999999999-"));
    EXPECT_THAT(lock_text(*lock, options_),
                HasSubstr("# no wheel fits, this is the source distribution "
                          "pathtools-0.1.2.tar.gz\npathtools==0.1.2 \\\n    --hash=sha256:" +
                          sha256("pathtools-0.1.2.tar.gz").hex()));
    EXPECT_THAT(lock_table(*lock, options_, false), HasSubstr("1 of them has no wheel"));
}

TEST_F(LockTest, APackageOfWhichNothingFitsIsNamedWithWhoWantsIt) {
    answer(1, "err", no_pathtools);
    answer(2, "err", no_pathtools);
    const Error error = problem();
    EXPECT_EQ(error.reason, "NoFittingWheel");
    EXPECT_THAT(error.message, HasSubstr("no file of pathtools fits the base (Python 3.11 and "
                                         "glibc 2.36); wandb wants it"));
}

TEST_F(LockTest, WhatPipsOwnPythonLeftOutIsNoticed) {
    const Json wants =
        item("wandb", "0.15.12", "wandb-0.15.12-py3-none-any.whl",
             {"tomli; python_version < '3.12'", "x; extra == 'x'", "old; python_version < '3.9'"});
    answer(1, "json", report({wants}));
    EXPECT_THAT(problem().message, HasSubstr("wandb 0.15.12 wants tomli; python_version < '3.12'"));
}

TEST_F(LockTest, AWheelForAnotherPythonIsNotGivenOut) {
    answer(1, "json", report({item("click", "8.1.0", "click-8.1.0-cp38-cp38-win32.whl")}));
    EXPECT_EQ(problem().reason, "NoFittingWheel");
}

TEST_F(LockTest, HostileAnswersAreRefused) {
    Json direct = click, unhashed = click, strange = click;
    direct["is_direct"] = true;
    unhashed["download_info"]["archive_info"] = Json::object();
    strange["metadata"]["name"] = "x\nevil==1";
    int call = 0;
    for (const std::string& text :
         {std::string("no json"), std::string("{}"), std::string("{\"install\": [1]}"),
          std::string("{\"install\": {\"a\": 1}}"), std::string(), report({direct}),
          report({unhashed}), report({strange}), report({click, click})}) {
        answer(++call, "json", text);
        const auto lock = make();
        ASSERT_FALSE(lock) << text;
        EXPECT_THAT(lock.error().code, testing::AnyOf(ErrorCode::Corrupt, ErrorCode::InvalidInput))
            << text << lock.error().message;
    }
}

TEST_F(LockTest, WhatIsMissingIsNamed) {
    answer(1, "err", "/usr/bin/python3.11: No module named pip\n");
    EXPECT_THAT(problem().message, HasSubstr("has no pip"));
    answer(2, "err", "no such option: --report\n");
    EXPECT_THAT(problem().message, HasSubstr("too old"));
    answer(3, "err", "ERROR: something new\n");
    EXPECT_THAT(problem().message, HasSubstr("something new"));
    options_.python = "/nonexistent/python3";
    EXPECT_EQ(problem().code, ErrorCode::NotFound);
    options_.base = add_base(http_, false).pull_text();
    EXPECT_EQ(problem().reason, "BaseRefused");
    options_.base = "registry.example.com/base:latest";
    EXPECT_EQ(problem().code, ErrorCode::InvalidInput);
    options_.requirements = "/nonexistent/requirements.in";
    options_.base = add_base(http_, true).pull_text();
    EXPECT_THAT(problem().message, HasSubstr("there is no file /nonexistent/requirements.in"));
}

TEST(StubWheel, IsAWheelThatOurStrictReaderOpens) {
    const auto stub = imagebuild::make_stub_wheel("Foo.Bar", "1.0+cpu", {"numpy<2"},
                                                  {.minor = 8, .glibc_minor = 31});
    ASSERT_TRUE(stub) << stub.error().message;
    EXPECT_EQ(stub->file_name, "foo_bar-1.0+cpu-999999999-cp38-cp38-manylinux_2_31_x86_64.whl");
    const Scratch scratch;
    scratch.write(stub->file_name, stub->bytes);
    const auto archive = imagebuild::ZipArchive::open(scratch.path() / stub->file_name);
    ASSERT_TRUE(archive) << archive.error().message;
    EXPECT_FALSE(imagebuild::make_stub_wheel("foo", "1/0", {}, {}));
    EXPECT_FALSE(imagebuild::make_stub_wheel("../foo", "1", {}, {}));
    EXPECT_FALSE(imagebuild::make_stub_wheel("foo", "1", {"a\nName: b"}, {}));
}

} // namespace
} // namespace pedigree::cli

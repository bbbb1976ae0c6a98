// An image is built into a registry in memory and verified from there, with the code in a real
// repository: what agrees, and where each thing that can differ is shown.
#include "cli/image/verify.h"

#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "imagebuild/attest/provenance.h"
#include "imagebuild/code/commit_code.h"
#include "imagebuild/registry/referrers.h"
#include "imagebuild/wheel/wheel_artifact.h"
#include "source/tree.h"
#include "tests/unit/cli/output_schema.h"
#include "tests/unit/imagebuild/image_world.h"
#include "tests/unit/source/working_folder.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class VerifyTest : public testing::Test {
  protected:
    void SetUp() override {
        repository_.file("train.py", "print('hello')\n");
        repository_.file("requirements.lock", world_.lock);
        commit_ = repository_.commit();
        for (const auto& [name, bytes] : world_.wheels) {
            wheels_.write(name, bytes);
        }
    }

    // As the operator would have it built: the image's digest.
    Digest build() {
        const auto snapshot = source::Snapshot::open(repository_.repository(), commit_, ".");
        imagebuild::BuildRequest request = world_.request();
        request.source.commit = commit_;
        request.source.tree = snapshot->tree();
        std::vector<std::string> warnings;
        request.code = *imagebuild::commit_code(*snapshot, warnings);
        request.derived_wheels = derived_;
        const auto built = world_.build(request);
        EXPECT_TRUE(built) << built.error().message;
        return built ? built->image : Digest();
    }

    VerifyOptions options(const Digest& image) const {
        VerifyOptions options;
        options.subject = "image:registry.example.com/built/team@" + image.text();
        options.source = repository_.path().string();
        options.wheels = wheels_.path().string();
        return options;
    }
    Result<Verification> verify(const VerifyOptions& options) {
        const Scratch scratch;
        return verify_image(options, {world_.http, "", "", scratch.path(), {}}, terminal_);
    }
    static std::vector<std::string> different(const Verification& verification) {
        std::vector<std::string> names;
        for (const imagebuild::ComparedPart& part : verification.parts) {
            if (!part.same()) {
                names.push_back(part.name);
            }
        }
        return names;
    }
    // Replaces words in the provenance that stands beside the image, as a forger would.
    void forge(const Digest& image, const std::string& from, const std::string& to) {
        auto registry = world_.target();
        const auto manifest = *registry.manifest(image);
        const auto listed = *imagebuild::list_referrers(registry, image);
        for (const imagebuild::Referrer& one : listed) {
            if (one.artifact_type == imagebuild::statement_type) {
                std::string text = *imagebuild::read_artifact(registry, image, one.digest);
                ASSERT_NE(text.find(from), text.npos) << text;
                text.replace(text.find(from), from.size(), to);
                world_.http.manifests[imagebuild::ImageWorld::repository].erase("sha256-" +
                                                                                image.hex());
                ASSERT_TRUE(imagebuild::attach(registry, manifest,
                                               {{imagebuild::statement_type, text, {}}}));
            }
        }
    }

    // A package of the lock exists as a source distribution only; its wheel was built for the image
    // and lies beside it.
    imagebuild::DerivedWheel add_derived_wheel() {
        world_.http.files["https://index.example.com/simple/old/"] = {
            "text/html", "<a href=\"/f/old-1.0.tar.gz#sha256=" + source_.hex() + "\">x</a>"};
        world_.lock += "old==1.0 --hash=" + source_.text() + "\n";
        repository_.file("requirements.lock", world_.lock);
        commit_ = repository_.commit();
        const std::string file = "old-1.0-py3-none-any.whl";
        const auto path =
            write_zip(built_.path(), file,
                      imagebuild::wheel_zip("old", "1.0", {{"old/__init__.py", "y = 2\n"}}));
        const imagebuild::DerivedWheel wheel{
            file, *digest_file(path), static_cast<std::int64_t>(std::filesystem::file_size(path)),
            ""};
        auto registry = world_.target();
        EXPECT_TRUE(imagebuild::push_wheel(registry, wheel, path, source_));
        world_.derived = [path](const auto&) { return Result<std::filesystem::path>(path); };
        derived_ = {{source_.text(), wheel}};
        return wheel;
    }

    imagebuild::ImageWorld world_;
    std::map<std::string, imagebuild::DerivedWheel> derived_;
    const Digest source_ = sha256("source");
    const source::WorkingFolder repository_;
    Scratch wheels_, built_;
    std::string commit_;
    std::ostringstream out_, err_;
    Terminal terminal_{out_, err_};
};

TEST_F(VerifyTest, ABuildRepeatedElsewhereAgreesInEveryPart) {
    const Digest image = build();
    world_.http.calls.clear();
    const auto verification = verify(options(image));
    ASSERT_TRUE(verification) << verification.error().message;
    EXPECT_THAT(different(*verification), IsEmpty());
    EXPECT_TRUE(verification->agrees());
    std::vector<std::string> names;
    for (const auto& part : verification->parts) {
        names.push_back(part.name);
    }
    EXPECT_THAT(names, testing::ElementsAre("tree", "lock", "layer of the base",
                                            "layer of wheel large-1.0", "layer of wheels",
                                            "layer of scripts", "layer of code", "configuration",
                                            "manifest", "provenance", "SBOM"));
    for (const std::string& call : world_.http.calls) {
        EXPECT_TRUE(call.starts_with("GET https://registry.example.com/")) << call;
    }
}

TEST_F(VerifyTest, TheReportIsForPeopleAndForScripts) {
    const auto verification = verify(options(build()));
    ASSERT_TRUE(verification) << verification.error().message;
    const std::string table = verification_table(*verification, false);
    EXPECT_THAT(table, HasSubstr("layer of wheels"));
    EXPECT_THAT(table, HasSubstr("\nverified: built again"));
    const Json document = expect_schema(verification_json(*verification).dump());
    EXPECT_EQ(document["verified"], true);
    EXPECT_EQ(document["source"]["commit"], commit_);
    EXPECT_EQ(document["parts"][0]["name"], "tree");
}

TEST_F(VerifyTest, ALayerThatWasChangedIsNamed) {
    const Digest image = build();
    // Somebody pushed an image with another layer, and a provenance that names the honest inputs.
    auto& manifests = world_.http.manifests[imagebuild::ImageWorld::repository];
    Json manifest = Json::parse(manifests[image.text()].bytes);
    const std::string evil = "evil bytes";
    manifest["layers"][2]["digest"] =
        world_.http.add_blob(imagebuild::ImageWorld::repository, evil);
    const Digest forged =
        world_.http.add_manifest(imagebuild::ImageWorld::repository, manifest.dump());
    auto registry = world_.target();
    const auto listed = *imagebuild::list_referrers(registry, image);
    for (const imagebuild::Referrer& one : listed) {
        if (one.artifact_type == imagebuild::statement_type) {
            std::string text = *imagebuild::read_artifact(registry, image, one.digest);
            text.replace(text.find(image.hex()), 64, forged.hex());
            ASSERT_TRUE(imagebuild::attach(registry, *registry.manifest(forged),
                                           {{imagebuild::statement_type, text, {}}}));
        }
    }
    const auto verification = verify(options(forged));
    ASSERT_TRUE(verification) << verification.error().message;
    EXPECT_FALSE(verification->agrees());
    EXPECT_THAT(different(*verification),
                testing::IsSupersetOf({"layer of wheels", "manifest", "SBOM"}));
    EXPECT_THAT(verification_table(*verification, false), HasSubstr("not verified: "));
}

TEST_F(VerifyTest, AnImageOfOtherCodeThanTheCommitDiffersInItsLayer) {
    const std::string honest = commit_;
    repository_.file("train.py", "print('other')\n");
    commit_ = repository_.commit();
    const Digest image = build();
    forge(image, commit_, honest);
    const auto verification = verify(options(image));
    ASSERT_TRUE(verification) << verification.error().message;
    EXPECT_THAT(different(*verification),
                UnorderedElementsAre("tree", "layer of code", "configuration", "manifest",
                                     "provenance", "SBOM"));
}

TEST_F(VerifyTest, AStatementThatNamesOtherWheelsIsNotConfirmed) {
    const Digest image = build();
    forge(image, "small-1.0-py3-none-any.whl\",\"uri", "huge-1.0-py3-none-any.whl\",\"uri");
    const auto verification = verify(options(image));
    ASSERT_TRUE(verification) << verification.error().message;
    EXPECT_THAT(different(*verification), testing::Contains("provenance"));
}

TEST_F(VerifyTest, AWheelOfASourceDistributionIsTakenOnTheRecordsWord) {
    const auto wheel = add_derived_wheel();
    const auto verification = verify(options(build()));
    ASSERT_TRUE(verification) << verification.error().message;
    EXPECT_THAT(different(*verification), IsEmpty());
    EXPECT_EQ(verification->exit_code(), ExitCode::PartlyVerified);
    EXPECT_THAT(verification_table(*verification, false),
                HasSubstr("on the record's word: old-1.0-py3-none-any.whl " + wheel.digest.text() +
                          ", built from " + source_.text() + "\npartly verified: "));
    const Json document = expect_schema(verification_json(*verification).dump());
    EXPECT_EQ(document["verified"], false);
    EXPECT_EQ(document["onRecord"][0]["builtFrom"], source_.text());
}

TEST_F(VerifyTest, OtherBytesThanTheRecordedWheelsAreRefused) {
    const auto wheel = add_derived_wheel();
    const Digest image = build();
    world_.http.blobs[imagebuild::ImageWorld::repository][wheel.digest.text()] = "other bytes";
    EXPECT_FALSE(verify(options(image)));
}

// Somebody who may push claims that his wheel comes from a source distribution, and names another.
TEST_F(VerifyTest, AWheelOfWhatTheLockDoesNotNameIsNotTaken) {
    auto wheel = add_derived_wheel();
    const Digest image = build();
    auto registry = world_.target();
    ASSERT_TRUE(imagebuild::push_wheel(registry, wheel, built_.path() / wheel.file_name,
                                       sha256("another source")));
    const auto refused = verify(options(image));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::NotFound) << refused.error().message;
}

TEST_F(VerifyTest, WheelsComeFromTheIndexToo) {
    VerifyOptions from_index = options(build());
    from_index.wheels = "";
    EXPECT_THAT(verify(from_index).error().message, HasSubstr("no package index was named"));
    from_index.index = "https://index.example.com/simple";
    const auto verification = verify(from_index);
    ASSERT_TRUE(verification) << verification.error().message;
    EXPECT_TRUE(verification->agrees());
}

TEST_F(VerifyTest, WhatCannotBeVerifiedSaysWhy) {
    const Digest image = build();
    VerifyOptions asked = options(image);
    const auto problem = [&] {
        const auto verification = verify(asked);
        return verification ? Error(ErrorCode::Internal, "verified") : verification.error();
    };
    asked.subject = "image:registry.example.com/built/team:latest";
    EXPECT_EQ(problem().code, ErrorCode::InvalidInput);
    asked.subject = "exp/mnist-1";
    EXPECT_THAT(problem().message, HasSubstr("ask for image:HOST/REPOSITORY@sha256:"));
    asked = options(sha256("absent"));
    EXPECT_EQ(problem().code, ErrorCode::NotFound);
    asked = options(world_.base);
    asked.subject = "image:registry.example.com/base/tf@" + world_.base.text();
    EXPECT_THAT(problem().message, HasSubstr("no provenance of pedigree stands beside"));
    asked = options(image);
    asked.provenance = sha256("absent").text();
    EXPECT_EQ(problem().code, ErrorCode::NotFound);
    asked = options(image);
    asked.source = wheels_.path().string();
    EXPECT_EQ(problem().code, ErrorCode::NotFound);
    asked = options(image);
    asked.wheels = "/nonexistent";
    EXPECT_THAT(problem().message, HasSubstr("the folder of wheels"));
}

} // namespace
} // namespace pedigree::cli

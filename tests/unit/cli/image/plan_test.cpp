// Images are built into a registry in memory, and then what a build would do is planned: after
// nothing changed, after each input changed, and with the digest that the build really gives.
#include "cli/image/plan.h"

#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/experiment/last_image.h"
#include "cli/image/code_reading.h"
#include "imagebuild/code/commit_code.h"
#include "imagebuild/wheel/wheel_artifact.h"
#include "pipeline/spec/parse.h"
#include "source/local_ref.h"
#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"
#include "tests/unit/imagebuild/image_world.h"
#include "tests/unit/source/working_folder.h"

namespace pedigree::cli {
namespace {

using imagebuild::LayerNews;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PlanTest : public testing::Test {
  protected:
    void SetUp() override {
        repository_.file("train.py", "print('hello')\n");
        repository_.file("requirements.lock", world_.lock);
        commit_ = repository_.commit();
        spec_.project = "mnist";
        spec_.source.git = {"https://git.example.com/code.git", "main", "", ""};
        spec_.image.base = world_.request().base.pull_text();
        spec_.image.lock_file = "requirements.lock";
        options_.source = repository_.path().string();
        options_.index = "https://index.example.com/simple";
    }
    // As the operator would have it built: its pull reference.
    std::string build() {
        const Scratch scratch;
        const auto snapshot =
            open_code({options_.source, "", "", commit_}, {scratch.path(), "", {}});
        imagebuild::BuildRequest request = world_.request();
        request.lock->bytes = *read_file(repository_.path() / "requirements.lock");
        request.source.tree = snapshot->tree();
        std::vector<std::string> warnings;
        request.code = *imagebuild::commit_code(*snapshot, warnings);
        request.derived_wheels = derived_;
        const auto built = world_.build(request);
        EXPECT_TRUE(built) << built.error().message;
        return "registry.example.com/built/team@" + (built ? built->image.text() : "");
    }
    Result<PlannedImage> plan(const std::string& before) {
        const Scratch scratch;
        world_.http.calls.clear();
        return plan_experiment_image(spec_, options_, before,
                                     {{world_.http, "", {}, {}}, "", scratch.path(), cache_.path()},
                                     terminal_);
    }
    static std::vector<std::string> made(const PlannedImage& planned, LayerNews news) {
        std::vector<std::string> names;
        for (const auto& layer : planned.plan.layers) {
            if (layer.news == news) {
                names.push_back(layer.made_by);
            }
        }
        return names;
    }
    void expect_nothing_is_sent() {
        for (const std::string& call : world_.http.calls) {
            EXPECT_TRUE(call.starts_with("GET ")) << call;
        }
    }

    // To the lock comes a package that exists as a source distribution only.
    void lock_source() {
        world_.http.files["https://index.example.com/simple/old/"] = {
            "text/html", "<a href=\"/f/old-1.0.tar.gz#sha256=" + source_.hex() + "\">x</a>"};
        world_.lock += "old==1.0 --hash=" + source_.text() + "\n";
        repository_.file("requirements.lock", world_.lock);
        commit_ = repository_.commit();
    }
    // The wheel of it that was built for an image.
    void keep_wheel() {
        const std::string file = "old-1.0-py3-none-any.whl";
        const auto path =
            write_zip(built_.path(), file,
                      imagebuild::wheel_zip("old", "1.0", {{"old/__init__.py", "y = 2\n"}}));
        derived_[source_.text()] = {file, *digest_file(path),
                                    static_cast<std::int64_t>(std::filesystem::file_size(path)),
                                    ""};
        auto registry = world_.target();
        EXPECT_TRUE(imagebuild::push_wheel(registry, derived_.begin()->second, path, source_));
        world_.derived = [path](const auto&) { return Result<std::filesystem::path>(path); };
    }

    imagebuild::ImageWorld world_;
    const Digest source_ = sha256("source");
    std::map<std::string, imagebuild::DerivedWheel> derived_;
    const source::WorkingFolder repository_;
    Scratch cache_, built_;
    std::string commit_;
    spec::ExperimentSpec spec_;
    PlanOptions options_;
    std::ostringstream out_, err_;
    Terminal terminal_{out_, err_};
};

TEST_F(PlanTest, ToldBeforeAnythingIsBuiltTheDigestIsTheOneThatTheBuildGives) {
    const auto planned = plan("");
    ASSERT_TRUE(planned) << planned.error().message;
    expect_nothing_is_sent();
    EXPECT_THAT(planned->plan.reasons, ElementsAre("no image of it is known"));
    EXPECT_THAT(made(*planned, LayerNews::OfBase), ElementsAre("the base"));
    EXPECT_THAT(made(*planned, LayerNews::New),
                ElementsAre("wheel large-1.0", "wheels", "scripts", "code"));
    EXPECT_EQ("registry.example.com/built/team@" + planned->plan.image.text(), build());
    EXPECT_EQ(planned->commit, commit_);
}

TEST_F(PlanTest, NothingIsBuiltTwice) {
    const auto planned = plan(build());
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_THAT(planned->plan.reasons, IsEmpty());
    EXPECT_THAT(made(*planned, LayerNews::New), IsEmpty());
    EXPECT_EQ(planned->plan.new_bytes, 0);
    EXPECT_THAT(plan_table(*planned, false), HasSubstr("nothing would be built"));
    EXPECT_EQ(plan_json(*planned)["builds"], false);
}

TEST_F(PlanTest, OtherCodeIsOneLayerAndAsksForNoWheel) {
    const std::string before = build();
    repository_.file("train.py", "print('other')\n");
    commit_ = repository_.commit();
    const auto planned = plan(before);
    ASSERT_TRUE(planned) << planned.error().message;
    expect_nothing_is_sent();
    EXPECT_THAT(world_.http.calls, Not(Contains(HasSubstr("index.example.com"))));
    ASSERT_EQ(planned->plan.reasons.size(), 1);
    EXPECT_THAT(planned->plan.reasons[0], HasSubstr("the code's tree is "));
    EXPECT_THAT(made(*planned, LayerNews::New), ElementsAre("code"));
    EXPECT_THAT(made(*planned, LayerNews::Kept),
                ElementsAre("wheel large-1.0", "wheels", "scripts"));
    EXPECT_GT(planned->plan.new_bytes, planned->plan.layers.back().bytes);
    EXPECT_EQ("registry.example.com/built/team@" + planned->plan.image.text(), build());
    EXPECT_THAT(plan_table(*planned, false), HasSubstr("1 new layer, "));
    EXPECT_EQ(expect_schema(plan_json(*planned).dump())["layers"][4]["is"], "new");
}

TEST_F(PlanTest, AnotherLockKeepsTheLayersThatItShares) {
    const std::string before = build();
    const std::string second = world_.lock.substr(world_.lock.find('\n') + 1);
    repository_.file("requirements.lock", second);
    commit_ = repository_.commit();
    const auto planned = plan(before);
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_THAT(planned->plan.reasons, Contains(HasSubstr("the lock is sha256:")));
    EXPECT_THAT(made(*planned, LayerNews::Kept), ElementsAre("wheel large-1.0"));
    EXPECT_EQ("registry.example.com/built/team@" + planned->plan.image.text(), build());
}

TEST_F(PlanTest, AWheelThatWasBuiltForTheImageBeforeIsCounted) {
    lock_source();
    keep_wheel();
    const std::string before = build();
    repository_.file("requirements.lock", world_.lock.substr(world_.lock.find('\n') + 1));
    commit_ = repository_.commit();
    const auto planned = plan(before);
    ASSERT_TRUE(planned) << planned.error().message;
    expect_nothing_is_sent();
    EXPECT_EQ("registry.example.com/built/team@" + planned->plan.image.text(), build());
}

TEST_F(PlanTest, AWheelThatIsToBeBuiltFirstIsNamed) {
    const std::string before = build();
    lock_source();
    const auto planned = plan(before);
    ASSERT_FALSE(planned);
    EXPECT_THAT(planned.error().message, HasSubstr("no wheel of old==1.0 fits the base"));
}

TEST_F(PlanTest, AnImageThatIsNotOursIsNoReasonToKeepAnything) {
    const auto planned = plan(world_.request().base.pull_text());
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_THAT(planned->plan.reasons, Contains(HasSubstr("the lock is new")));
    EXPECT_THAT(made(*planned, LayerNews::Kept), IsEmpty());
}

TEST_F(PlanTest, WithoutALockOnlyCodeIsLaidOnTop) {
    spec_.image.lock_file = "";
    const auto planned = plan("");
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_THAT(made(*planned, LayerNews::New), ElementsAre("code alone"));
}

TEST_F(PlanTest, WhatIsMissingIsNamed) {
    spec_.image.lock_file = "absent.lock";
    EXPECT_EQ(plan("").error().reason, "FileNotFound");
    spec_.image.lock_file = "requirements.lock";
    spec_.source.git.ref = "absent";
    EXPECT_EQ(plan("").error().reason, "RefNotFound");
    spec_.source.git.ref = "main";
    EXPECT_EQ(plan("registry.example.com/built/team@" + sha256("absent").text()).error().code,
              ErrorCode::NotFound);
    options_.index = "";
    EXPECT_THAT(plan("").error().message, HasSubstr("no package index was named"));
}

TEST_F(PlanTest, RefsOfACheckoutAreTagsBranchesAndThoseOfOrigin) {
    const auto repository = repository_.repository();
    repository_.git({"tag", "-a", "v1", "-m", "words"});
    repository_.git({"update-ref", "refs/remotes/origin/topic", commit_});
    for (const char* ref : {"v1", "main", "topic", "refs/tags/v1"}) {
        EXPECT_EQ(source::local_commit(repository, ref).value_or("none"), commit_) << ref;
    }
    EXPECT_EQ(source::local_commit(repository, "absent").error().reason, "RefNotFound");
    EXPECT_FALSE(source::local_commit(repository, "--upload-pack=x"));
    EXPECT_FALSE(source::local_commit("/nonexistent", "main"));
}

TEST(LastImage, IsThatOfTheYoungestOfTheProjectThatHasOne) {
    FakeCluster fake;
    const auto put = [&](const std::string& name, const std::string& project,
                         const std::string& created, const std::string& image) {
        fake.api.put(experiments,
                     {{"metadata",
                       {{"name", name}, {"namespace", "vision"}, {"creationTimestamp", created}}},
                      {"spec", {{"project", project}}},
                      {"status", {{"resolved", {{"image", image}}}}}});
    };
    put("mnist-1", "mnist", "2026-01-01T00:00:00Z", "a@sha256:1");
    put("mnist-2", "mnist", "2026-01-02T00:00:00Z", "a@sha256:2");
    put("mnist-3", "mnist", "2026-01-03T00:00:00Z", "");
    put("voice-1", "voice", "2026-01-04T00:00:00Z", "a@sha256:4");
    const Cluster cluster = fake.cluster();
    EXPECT_EQ(last_image("mnist", cluster).value_or("none"), "a@sha256:2");
    EXPECT_EQ(last_image("other", cluster).value_or("none"), "");
}

} // namespace
} // namespace pedigree::cli

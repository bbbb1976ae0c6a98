#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include <gmock/gmock.h>

#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

class Run : public testing::Test {
  protected:
    Result<ExitCode> run(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"run", "-f", file_};
        words.insert(words.end(), more.begin(), more.end());
        return fake_.run(words);
    }
    const Json& created() const { return fake_.api.created.back(); }

    std::string file_ = checkout_path("manifests/samples/minimal.yaml");
    FakeCluster fake_;
};

TEST_F(Run, CreatesTheNextExecutionAndPrintsItsName) {
    fake_.api.put(experiments, experiment_object({.name = "minimal-4"}));
    const auto code = run();
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_EQ(fake_.out.str(), "minimal-5\n");
    EXPECT_EQ(created()["metadata"]["name"], "minimal-5");
    EXPECT_EQ(created()["metadata"]["namespace"], "vision");
    EXPECT_EQ(created()["metadata"]["annotations"][records::requested_by_annotation],
              "ann@example.com");
    EXPECT_FALSE(created().contains("status"));
}

class RunInCi : public Run {
  protected:
    void SetUp() override {
        set("GITLAB_CI", "true");
        set("CI_COMMIT_SHA", std::string(40, 'c'));
        set("CI_PROJECT_URL", "https://git.example.com/vision/mnist");
        set("CI_PIPELINE_URL", "https://git.example.com/vision/mnist/-/pipelines/7");
    }
    void TearDown() override {
        for (const auto& [name, before] : before_) {
            before ? ::setenv(name.c_str(), before->c_str(), 1) : ::unsetenv(name.c_str());
        }
    }
    void set(const std::string& name, const std::string& value) {
        const char* now = std::getenv(name.c_str());
        before_.emplace(name, now == nullptr ? std::nullopt : std::optional<std::string>(now));
        ::setenv(name.c_str(), value.c_str(), 1);
    }

  private:
    std::map<std::string, std::optional<std::string>> before_;
};

TEST_F(RunInCi, RunsThePipelinesCommitAndSaysWhoseItIs) {
    const auto code = run({"--ci"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(created()["spec"]["source"]["git"]["commit"], std::string(40, 'c'));
    EXPECT_FALSE(created()["spec"]["source"]["git"].contains("ref"));
    const Json trigger = Json::parse(
        created()["metadata"]["annotations"][records::triggered_by_annotation].get<std::string>());
    EXPECT_EQ(trigger["pipeline"], "https://git.example.com/vision/mnist/-/pipelines/7");
}

TEST_F(RunInCi, ThePipelineOfAnotherRepositoryHasNoCommitForIt) {
    set("CI_PROJECT_URL", "https://git.example.com/vision/pipelines");
    ASSERT_TRUE(run({"--ci"}));
    EXPECT_FALSE(created()["spec"]["source"]["git"].contains("commit"));
    EXPECT_THAT(fake_.err.str(), HasSubstr("its commit is not taken"));
}

TEST_F(RunInCi, ACommitThatIsAskedForIsTaken) {
    ASSERT_TRUE(run({"--ci", "--commit", std::string(40, 'd')}));
    EXPECT_EQ(created()["spec"]["source"]["git"]["commit"], std::string(40, 'd'));
}

TEST_F(Run, ATakenNameMeansTheNextOne) {
    fake_.api.taken = {"minimal-1", "minimal-2"};
    ASSERT_TRUE(run());
    EXPECT_EQ(fake_.out.str(), "minimal-3\n");
}

TEST_F(Run, ChangesReachTheSpec) {
    const auto code = run({"--project", "digits", "--commit", std::string(40, 'a'), "--set",
                           "parameters.train.epochs=4"});
    ASSERT_TRUE(code) << code.error().message;
    ASSERT_EQ(fake_.out.str(), "digits-1\n") << fake_.err.str();
    EXPECT_EQ(created()["spec"]["parameters"], (Json{{"train.epochs", 4}}));
    EXPECT_EQ(created()["spec"]["source"]["git"]["commit"], std::string(40, 'a'));
    EXPECT_FALSE(created()["spec"]["source"]["git"].contains("ref"));
}

TEST_F(Run, WhatIsWrongIsFoundBeforeTheCluster) {
    const auto code = run({"--set", "resources.memory=8GB"});
    ASSERT_TRUE(code);
    EXPECT_EQ(*code, ExitCode::InvalidInput);
    EXPECT_THAT(fake_.err.str(), HasSubstr("spec.resources.memory"));
    EXPECT_EQ(*run({"--commit", "4f2a"}), ExitCode::InvalidInput);
    EXPECT_THAT(fake_.err.str(), HasSubstr("spec.source.git.commit"));
    EXPECT_TRUE(fake_.api.created.empty());
}

TEST_F(Run, AnUnknownRequesterIsSaid) {
    fake_.api.user = "";
    ASSERT_TRUE(run());
    EXPECT_THAT(fake_.err.str(), HasSubstr("will not say who asked"));
    EXPECT_FALSE(created()["metadata"].contains("annotations"));
}

TEST_F(Run, FollowsToTheEnd) {
    fake_.api.coming = {experiment_object({.name = "minimal-1", .phase = "Running"}),
                        experiment_object({.name = "minimal-1", .phase = "Failed"})};
    const auto code = run({"--follow"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Failed);
    EXPECT_EQ(fake_.out.str(), "minimal-1\n");
}

TEST_F(Run, AMissingFileIsNamed) {
    file_ = "no-such-file.yaml";
    const auto code = run();
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().code, ErrorCode::NotFound);
    EXPECT_THAT(code.error().message, HasSubstr("no-such-file.yaml"));
}

} // namespace
} // namespace pedigree::cli

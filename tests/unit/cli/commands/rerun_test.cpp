// Running something again: another Experiment with the same spec, or a changed one.

#include <gmock/gmock.h>

#include "base/file.h"
#include "pipeline/spec/lint.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string ran_commit(40, '3');

// An Experiment that the API server keeps, with what it filled in and what became of it.
Json kept(const std::string& phase) {
    const auto text = read_file(checkout_path("manifests/samples/minimal.yaml"));
    Json object = experiment_object({.name = "minimal-1", .phase = phase});
    object["spec"] = spec::read_manifest(*text).value()["spec"];
    object["spec"]["cancel"] = phase == "Cancelled";
    object["spec"]["suspend"] = false;
    object["metadata"]["labels"] = {{"team", "vision"}};
    object["metadata"]["annotations"] = {
        {"note", "first try"},
        {records::requested_by_annotation, "bob@example.com"},
        {"kubectl.kubernetes.io/last-applied-configuration", "{}"}};
    object["status"]["resolved"] = {{"commit", ran_commit}};
    return object;
}

struct WithExperiment : FakeCluster {
    explicit WithExperiment(const std::string& phase) { api.put(experiments, kept(phase)); }
    const Json& created() const { return api.created.back(); }
};

TEST(Retry, IsTheSameSpecAsTheNextExecution) {
    WithExperiment fake("Cancelled");
    const auto code = fake.run({"retry", "exp/minimal-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.out.str(), "minimal-2\n");
    Json asked = kept("Cancelled")["spec"];
    asked.erase("cancel");
    asked.erase("suspend");
    EXPECT_EQ(fake.created()["spec"], asked);
    EXPECT_EQ(fake.created()["metadata"]["labels"], (Json{{"team", "vision"}}));
    EXPECT_EQ(fake.created()["metadata"]["annotations"],
              (Json{{"note", "first try"}, {records::requested_by_annotation, "ann@example.com"}}));
    EXPECT_THAT(fake.err.str(), HasSubstr("is resolved anew; minimal-1 ran " + ran_commit));
}

TEST(Retry, TheSameCommitIsKeptWhereItIsAskedFor) {
    WithExperiment fake("Failed");
    ASSERT_TRUE(fake.run({"retry", "minimal-1", "--same-commit"}));
    EXPECT_EQ(fake.created()["spec"]["source"]["git"]["commit"], ran_commit);
    EXPECT_FALSE(fake.created()["spec"]["source"]["git"].contains("ref"));
    EXPECT_EQ(fake.err.str(), "");
}

TEST(Retry, WhatGoesOnOrSucceededIsNotRetried) {
    for (const auto& [phase, words] : std::vector<std::pair<std::string, std::string>>{
             {"Running", "goes on still (Running)"}, {"Succeeded", "has succeeded"}}) {
        WithExperiment fake(phase);
        const auto code = fake.run({"retry", "minimal-1"});
        ASSERT_FALSE(code);
        EXPECT_EQ(exit_code_of(code.error()), ExitCode::Conflict);
        EXPECT_THAT(code.error().message, HasSubstr(words));
        EXPECT_THAT(code.error().message, HasSubstr("pedigree rerun minimal-1"));
        EXPECT_TRUE(fake.api.created.empty());
    }
}

TEST(Rerun, ChangesReachTheSpec) {
    WithExperiment fake("Running");
    const auto code = fake.run({"rerun", "minimal-1", "--set", "parameters.train.epochs=4",
                                "--project", "digits", "--commit", std::string(40, 'a')});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.out.str(), "digits-1\n");
    EXPECT_EQ(fake.created()["spec"]["parameters"]["train.epochs"], 4);
    EXPECT_EQ(fake.created()["spec"]["source"]["git"]["commit"], std::string(40, 'a'));
}

TEST(Rerun, AChangeThatBreaksARuleIsShown) {
    WithExperiment fake("Failed");
    EXPECT_EQ(*fake.run({"rerun", "minimal-1", "--set", "resources.memory=8GB"}),
              ExitCode::InvalidInput);
    EXPECT_THAT(fake.err.str(), HasSubstr("experiment minimal-1, as changed:\n"
                                          "  spec.resources.memory"));
    EXPECT_TRUE(fake.api.created.empty());
}

TEST(Rerun, WithoutACommitThereIsNoneToKeep) {
    WithExperiment fake("Failed");
    Json object = kept("Failed");
    object["status"].erase("resolved");
    fake.api.put(experiments, object);
    const auto code = fake.run({"rerun", "minimal-1", "--same-commit"});
    ASSERT_FALSE(code);
    EXPECT_THAT(code.error().message, HasSubstr("leave out --same-commit"));
}

// What the record has of an Experiment that was deleted.
Json trace_of_deleted(const std::string& outcome) {
    Json spec = kept("Failed")["spec"];
    return {
        {"root", "ExperimentSpec:e"},
        {"nodes",
         {{{"id", "GitCommit:other"}, {"kind", "GitCommit"}, {"digest", "sha1:other"}},
          {{"id", "Resolve:r"}, {"kind", "Resolve"}},
          {{"id", "GitCommit:c"}, {"kind", "GitCommit"}, {"digest", "sha1:" + ran_commit}},
          {{"id", "ExperimentSpec:e"},
           {"kind", "ExperimentSpec"},
           {"attributes", {{"name", "minimal-1"}, {"outcome", outcome}, {"spec", spec.dump()}}}}}},
        {"edges",
         {{{"from", "Resolve:r"}, {"relation", "PlannedBy"}, {"to", "ExperimentSpec:e"}},
          {{"from", "Resolve:r"}, {"relation", "Used"}, {"to", "GitCommit:c"}}}}};
}

TEST(Rerun, OneThatWasDeletedIsRunFromItsRecord) {
    FakeCluster fake;
    fake.texts["/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/traces/exp%3Aminimal-1"] =
        trace_of_deleted("Failed").dump();
    const auto code = fake.run({"retry", "minimal-1", "--same-commit"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.api.created.back()["spec"]["source"]["git"]["commit"], ran_commit);
    EXPECT_EQ(fake.api.created.back()["spec"]["command"], kept("Failed")["spec"]["command"]);
    EXPECT_EQ(fake.err.str(), "-- minimal-1 was deleted; its spec is taken from its record\n");
}

TEST(Rerun, WhatTheRecordHasSucceededIsNotRetried) {
    FakeCluster fake;
    fake.texts["/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/traces/exp%3Aminimal-1"] =
        trace_of_deleted("Succeeded").dump();
    EXPECT_EQ(exit_code_of(fake.run({"retry", "minimal-1"}).error()), ExitCode::Conflict);
    const auto never = fake.run({"rerun", "minimal-9"});
    ASSERT_FALSE(never);
    EXPECT_EQ(never.error().code, ErrorCode::NotFound);
    EXPECT_THAT(never.error().message, HasSubstr("minimal-9"));
}

TEST(DryRun, IsJudgedByTheServerAndCreatesNothing) {
    WithExperiment fake("Failed");
    fake.api.taken = {"minimal-2"};
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"retry", "minimal-1", "--dry-run"},
             {"rerun", "minimal-1", "--dry-run"},
             {"run", "-f", checkout_path("manifests/samples/minimal.yaml"), "--dry-run"}}) {
        fake.out.str("");
        const auto code = fake.run(words);
        ASSERT_TRUE(code) << code.error().message;
        EXPECT_EQ(fake.out.str(), "minimal-3\n");
        EXPECT_THAT(fake.err.str(), HasSubstr("nothing was created (--dry-run)"));
        EXPECT_TRUE(fake.api.created.empty());
    }
}

TEST(DryRun, WhatTheServerRefusesIsTheResult) {
    WithExperiment fake("Failed");
    fake.refused = Error(ErrorCode::InvalidInput, "spec.image.base: mutable tag");
    const auto code = fake.run({"rerun", "minimal-1", "--dry-run"});
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::InvalidInput);
    EXPECT_THAT(code.error().message, Not(HasSubstr("whether it was created")));
}

TEST(DryRun, PushesNothingAndFollowsNothing) {
    for (const char* other : {"--dirty", "--follow"}) {
        FakeCluster fake;
        EXPECT_EQ(*fake.run({"run", "-f", "a.yaml", "--dry-run", other}), ExitCode::Usage);
    }
}

} // namespace
} // namespace pedigree::cli

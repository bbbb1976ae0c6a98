// Stopping what runs, for good or for a while, takes one command.

#include <gmock/gmock.h>

#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

const Json& spec_of(FakeCluster& fake, const std::string& name = "mnist-1") {
    return fake.api.objects.at("experiments vision/" + name).at("spec");
}

TEST(Change, CancelSuspendAndResumeWriteWhatTheSpecTakes) {
    const std::vector<std::tuple<std::string, std::string, bool, std::string>> verbs{
        {"suspend", "suspend", true, "is being suspended"},
        {"resume", "suspend", false, "goes on"},
        {"cancel", "cancel", true, "is being cancelled"}};
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.phase = "Running"}));
    for (const auto& [verb, field, value, said] : verbs) {
        fake.out.str("");
        const auto code = fake.run({verb, "exp/mnist-1"});
        ASSERT_TRUE(code) << code.error().message;
        EXPECT_EQ(*code, ExitCode::Ok);
        EXPECT_EQ(spec_of(fake)[field], value);
        EXPECT_EQ(fake.out.str(), "experiment.pedigree.dev/mnist-1 " + said + "\n");
    }
    EXPECT_EQ(spec_of(fake)["project"], "mnist"); // the rest stays
    EXPECT_EQ(fake.api.patches, 3);
}

TEST(Change, WhatIsSoAlreadyIsNotAskedForAgain) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.name = "a-1", .phase = "Running"}));
    fake.api.put(experiments, experiment_object({.name = "b-1", .phase = "Cancelled"}));
    EXPECT_EQ(*fake.run({"resume", "a-1"}), ExitCode::Ok);
    EXPECT_EQ(*fake.run({"cancel", "b-1"}), ExitCode::Ok);
    EXPECT_EQ(fake.api.patches, 0);
    EXPECT_EQ(fake.out.str(), "experiment.pedigree.dev/a-1 is not suspended\n"
                              "experiment.pedigree.dev/b-1 was cancelled before\n");
}

TEST(Change, WhatHasEndedIsAConflictAndTheOthersAreChanged) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.name = "a-1", .phase = "Succeeded"}));
    fake.api.put(experiments, experiment_object({.name = "b-1", .phase = "Running"}));
    EXPECT_EQ(*fake.run({"cancel", "a-1", "c-1", "b-1"}), ExitCode::Conflict);
    EXPECT_EQ(fake.out.str(), "experiment.pedigree.dev/b-1 is being cancelled\n");
    EXPECT_THAT(fake.err.str(),
                HasSubstr("error: experiment a-1 has ended (Succeeded), so there is nothing to "
                          "cancel; to run it again: pedigree rerun a-1\n"));
    EXPECT_THAT(fake.err.str(), HasSubstr("c-1 not found"));
}

TEST(Change, WhatIsBeingCancelledIsNotResumed) {
    Json object = experiment_object({.phase = "Running"});
    object["spec"]["cancel"] = true;
    FakeCluster fake;
    fake.api.put(experiments, object);
    EXPECT_EQ(*fake.run({"resume", "mnist-1"}), ExitCode::Conflict);
    EXPECT_THAT(fake.err.str(), HasSubstr("which cannot be taken back"));
}

TEST(Change, AnotherOneThatTookTheNameIsLeftAlone) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.phase = "Running"}));
    fake.api.before_patch = [&] {
        Json other = experiment_object({.phase = "Running"});
        other["metadata"]["uid"] = "another";
        fake.api.put(experiments, other);
    };
    EXPECT_EQ(*fake.run({"cancel", "mnist-1"}), ExitCode::Conflict);
    EXPECT_FALSE(spec_of(fake).contains("cancel"));
}

TEST(Change, TheRightThatIsMissingIsSaid) {
    FakeCluster fake;
    fake.api.broken = Error(ErrorCode::Forbidden, "experiments \"mnist-1\" is forbidden");
    EXPECT_EQ(*fake.run({"cancel", "mnist-1"}), ExitCode::NotAllowed);
    EXPECT_THAT(fake.err.str(), HasSubstr("ask for the right"));
}

} // namespace
} // namespace pedigree::cli

#include "cli/experiment/goal.h"

#include <set>

#include <gmock/gmock.h>

#include "base/file.h"
#include "pipeline/spec/schema.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

Experiment in_state(const ExperimentState& state) {
    return experiment_from(experiment_object(state));
}

TEST(Goal, ReadsItsThreeForms) {
    EXPECT_EQ(parse_goal("delete")->kind, Goal::Kind::Deleted);
    EXPECT_EQ(parse_goal("phase=Running")->word, "Running");
    EXPECT_EQ(parse_goal("condition=ImageReady")->status, "True");
    EXPECT_EQ(parse_goal("condition=Succeeded=False")->status, "False");
    for (const char* text : {"", "condition=", "Finished", "jsonpath={.status}", "condition=Foo",
                             "phase=Done", "condition=Ready", "condition=Failed=Maybe"}) {
        EXPECT_FALSE(parse_goal(text)) << text;
    }
}

TEST(Goal, WordsMayBeInAnyCase) {
    EXPECT_EQ(parse_goal("condition=imageready=false")->text(), "condition=ImageReady=False");
    EXPECT_EQ(parse_goal("phase=RUNNING")->text(), "phase=Running");
    EXPECT_THAT(parse_goal("condition=finishd").error().message,
                HasSubstr("did you mean \"Finished\"?"));
    for (const std::string& goal : all_goals()) {
        EXPECT_EQ(parse_goal(goal)->text(), goal);
    }
}

TEST(Goal, TheWordsAreThoseOfTheCrdAndOfThePage) {
    const auto page = read_file(checkout_path("docs/cli/wait.md"));
    std::set<std::string> phases;
    for (const std::string& goal : all_goals()) {
        const std::string word = goal.substr(goal.find('=') + 1);
        EXPECT_THAT(*page, HasSubstr(word));
        if (goal.starts_with("phase=")) {
            phases.insert(word);
        }
    }
    const Json& phase =
        at_path(spec::experiment_schema(), {"properties", "status", "properties", "phase"});
    std::set<std::string> known;
    for (const Json& word : at_path(phase, {"enum"})) {
        known.insert(word.get<std::string>());
    }
    EXPECT_EQ(phases, known);
}

TEST(Wait, ATypoIsAWrongLine) {
    FakeCluster fake;
    EXPECT_EQ(*fake.run({"wait", "mnist-1", "--for", "condition=Foo"}), ExitCode::Usage);
    EXPECT_THAT(fake.err.str(), HasSubstr("there is no condition \"Foo\"; there are Finished"));
    EXPECT_EQ(fake.api.watches, 0);
}

TEST(Wait, SaysOnceWhatItWaitsFor) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.phase = "Running", .message = "epoch 2 of 3"}));
    fake.api.coming = {experiment_object({.phase = "Running", .message = "epoch 3 of 3"}),
                       experiment_object({.phase = "Succeeded"})};
    ASSERT_TRUE(fake.run({"wait", "mnist-1"}));
    EXPECT_EQ(fake.err.str(), "-- waiting for condition=Finished of experiment mnist-1, which is "
                              "Running: epoch 2 of 3\n");
}

TEST(Wait, AServerThatIsAwayIsSaidAndWaitedFor) {
    FakeCluster fake;
    fake.silence_max = std::chrono::minutes(1);
    fake.api.broken = Error(ErrorCode::Unavailable, "connection refused");
    fake.api.broken_calls = 1;
    fake.api.put(experiments, experiment_object({.phase = "Succeeded"}));
    const auto code = fake.run({"wait", "mnist-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_EQ(fake.err.str(), "-- no answer, asking again for 60s: connection refused; check that "
                              "the cluster answers: kubectl cluster-info\n"
                              "-- the API server answers again\n");
}

TEST(Wait, AServerThatStaysAwayEndsEveryVerbThatWaits) {
    const std::vector<std::vector<std::string>> verbs{
        {"wait", "mnist-1"}, {"wait", "mnist-1", "--for", "delete"}, {"logs", "-f", "mnist-1"}};
    for (const auto& words : verbs) {
        FakeCluster fake; // which bears no silence
        fake.api.broken = Error(ErrorCode::Unavailable, "connection refused");
        const auto code = fake.run(words);
        ASSERT_FALSE(code);
        EXPECT_EQ(exit_code_of(code.error()), ExitCode::Unreachable);
        EXPECT_THAT(code.error().message, HasSubstr("did not answer for"));
    }
}

TEST(Goal, IsImpossibleOnceTheExperimentHasEndedOtherwise) {
    const Goal succeeded = *parse_goal("condition=Succeeded");
    const Experiment running = in_state({.phase = "Running"});
    const Experiment failed = in_state({.phase = "Failed"});
    const Experiment done = in_state({.phase = "Succeeded"});
    EXPECT_EQ(progress_towards(succeeded, &running), Progress::Open);
    EXPECT_EQ(progress_towards(succeeded, &failed), Progress::Impossible);
    EXPECT_EQ(progress_towards(succeeded, &done), Progress::Reached);
    EXPECT_EQ(progress_towards(succeeded, nullptr), Progress::Impossible);
    EXPECT_EQ(progress_towards(*parse_goal("condition=Succeeded=False"), &failed),
              Progress::Reached);
    EXPECT_EQ(progress_towards(*parse_goal("delete"), &failed), Progress::Open);
    EXPECT_EQ(progress_towards(*parse_goal("delete"), nullptr), Progress::Reached);
    EXPECT_EQ(progress_towards(*parse_goal("phase=Failed"), &failed), Progress::Reached);
}

TEST(Wait, ReturnsTheResultOfTheExperiment) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({}));
    fake.api.coming = {experiment_object({.phase = "Running"}),
                       experiment_object({.phase = "Succeeded"})};
    const auto code = fake.run({"wait", "exp/mnist-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_EQ(fake.out.str(), "experiment.pedigree.dev/mnist-1 condition met\n");
}

TEST(Wait, AFailedExperimentIsSaidInWordsAndInTheExitCode) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.phase = "Failed",
                                                 .reason = "OutOfMemory",
                                                 .message = "needed more than 2Gi"}));
    const auto code = fake.run({"wait", "mnist-1"});
    ASSERT_TRUE(code);
    EXPECT_EQ(*code, ExitCode::Failed);
    EXPECT_EQ(fake.err.str(), "experiment mnist-1: Failed: OutOfMemory: needed more than 2Gi\n");
    EXPECT_EQ(fake.api.watches, 0);
}

TEST(Wait, AnEndedWatchIsTakenUpAgain) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({}));
    fake.api.coming = {experiment_object({.phase = "Running"}), nullptr,
                       experiment_object({.phase = "Succeeded"})};
    const auto code = fake.run({"wait", "mnist-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(fake.api.watches, 2);
}

TEST(Wait, TheTimeCanBeOver) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.phase = "Running"}));
    fake.api.coming = {nullptr, nullptr, nullptr, nullptr};
    const auto code = fake.run({"wait", "mnist-1", "--timeout", "1ms"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::TimedOut);
    EXPECT_THAT(fake.err.str(), HasSubstr("mnist-1"));
}

TEST(Wait, NothingToWaitForIsNotFound) {
    FakeCluster fake;
    const auto code = fake.run({"wait", "mnist-1"});
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().code, ErrorCode::NotFound);
    const auto gone = fake.run({"wait", "mnist-1", "--for", "delete"});
    ASSERT_TRUE(gone);
    EXPECT_EQ(*gone, ExitCode::Ok);
}

TEST(Wait, TheResultOfASearchSaysHowFarItCame) {
    Json object = experiment_object({.phase = "Failed", .reason = "NoValue"});
    object["status"]["progress"] = "12/50";
    object["status"]["best"] = {{"trial", 7}, {"value", "0.98"}, {"metric", "val_accuracy"}};
    EXPECT_EQ(
        result_text(experiment_from(object)),
        "experiment mnist-1: Failed: NoValue; trials 12/50, best 0.98 (val_accuracy, trial 7)");
}

TEST(Wait, ASearchThatSucceededSaysItToo) {
    FakeCluster fake;
    Json object = experiment_object({.name = "mnist-4", .phase = "Succeeded"});
    object["status"]["progress"] = "50/50";
    fake.api.put(experiments, object);
    ASSERT_EQ(*fake.run({"wait", "mnist-4"}), ExitCode::Ok);
    EXPECT_EQ(fake.err.str(), "experiment mnist-4: Succeeded; trials 50/50\n");
    EXPECT_EQ(fake.out.str(), "experiment.pedigree.dev/mnist-4 condition met\n");
}

} // namespace
} // namespace pedigree::cli

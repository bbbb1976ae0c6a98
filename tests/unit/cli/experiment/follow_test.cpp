#include "cli/experiment/follow.h"

#include <gmock/gmock.h>

#include "cli/experiment/training.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

Experiment in_state(const ExperimentState& state) {
    return experiment_from(experiment_object(state));
}

TEST(FollowLines, EachStepIsOneLine) {
    FollowLines lines(true);
    EXPECT_EQ(lines.next(in_state({}), 1s, false), ""); // the operator has not seen it yet
    const Experiment building =
        in_state({.phase = "Building", .reason = "Uploading", .message = "layer 1 of 3"});
    EXPECT_EQ(lines.next(building, 65s, false), "    65s  Building  Uploading  layer 1 of 3\n");
    EXPECT_EQ(lines.next(building, 66s, false), "");
    EXPECT_EQ(lines.next(in_state({.phase = "Succeeded", .reason = "Succeeded"}), 70s, false),
              "    70s  Succeeded\n");
}

TEST(FollowLines, EachTrialThatEndsIsOneLine) {
    FollowLines lines(false);
    Json object = experiment_object({.phase = "Running"});
    object["status"]["progress"] = "3/50";
    EXPECT_EQ(lines.next(experiment_from(object), 1s, false), "     1s  Running  trials 3/50\n");
    EXPECT_EQ(lines.next(experiment_from(object), 2s, false), "");
    object["status"]["progress"] = "4/50";
    object["status"]["best"] = {{"trial", 4}, {"value", "0.98"}, {"metric", "val_accuracy"}};
    EXPECT_EQ(lines.next(experiment_from(object), 3s, false),
              "     3s  Running  trials 4/50, best 0.98 (val_accuracy, trial 4)\n");
}

TEST(FollowLines, NobodyWatchingMeansFewerLines) {
    FollowLines lines(false);
    const auto at = [&](std::string message, std::chrono::seconds elapsed) {
        return lines.next(in_state({.phase = "Running", .message = std::move(message)}), elapsed,
                          false);
    };
    EXPECT_NE(at("epoch 1", 1s), "");
    EXPECT_EQ(at("epoch 2", 5s), "");
    EXPECT_THAT(at("epoch 9", 31s), HasSubstr("epoch 9"));
    EXPECT_NE(lines.next(in_state({.phase = "Sealing"}), 32s, false), ""); // a step is always shown
}

TEST(FollowLines, WhatTheTrainingSaysIsShownOnce) {
    FollowLines lines(true);
    EXPECT_FALSE(lines.is_training());
    EXPECT_NE(lines.next(in_state({.phase = "Running"}), 1s, false), "");
    EXPECT_TRUE(lines.is_training());
    EXPECT_EQ(lines.next_training("attempt 1, step 2: loss 0.1", 2s),
              "     2s  attempt 1, step 2: loss 0.1\n");
    EXPECT_EQ(lines.next_training("attempt 1, step 2: loss 0.1", 3s), "");
    EXPECT_EQ(lines.next_training("", 4s), "");
}

TEST(Training, IsTheNewestOfTheLastAttempt) {
    const Json progress = Json::parse(R"({"attempts": [
        {"number": 1, "progress": [{"kind": "Progress", "step": 9, "metrics": {"loss": "1"}}]},
        {"number": 2, "progress": [
            {"kind": "Run", "runId": "r"},
            {"kind": "Progress", "step": 1, "metrics": {"loss": "0.5"}},
            {"kind": "Progress", "step": 2, "metrics": {"accuracy": "0.93123456", "loss": "NaN",
                "lr": "0.00001", "m": "7", "z": "1"}},
            {"kind": "Log", "segments": 3}]}]})");
    EXPECT_EQ(training_text(progress),
              "attempt 2, step 2: accuracy 0.9312, loss nan, lr 1e-05, m 7");
    EXPECT_EQ(training_text(Json::parse(R"({"attempts": [{"number": 1}]})")), "");
    EXPECT_EQ(training_text(Json()), "");
}

TEST(Follow, EndsWithTheResultAndTheNextStep) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({}));
    fake.api.coming = {experiment_object({.phase = "Running"}),
                       experiment_object({.phase = "Succeeded"})};
    const auto code = follow("mnist-1", fake.cluster(), fake.terminal);
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_THAT(fake.err.str(), HasSubstr("pedigree trace exp/mnist-1"));
    EXPECT_EQ(fake.out.str(), "");
}

TEST(Follow, AFailureIsTheExitCode) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.phase = "Failed", .reason = "CommandFailed"}));
    EXPECT_EQ(*follow("mnist-1", fake.cluster(), fake.terminal), ExitCode::Failed);
    EXPECT_THAT(fake.err.str(), HasSubstr("pedigree describe mnist-1"));
}

TEST(Follow, InterruptedItGoesOn) {
    FakeCluster fake;
    fake.api.put(experiments, experiment_object({.phase = "Running"}));
    fake.api.coming = {nullptr};
    fake.stop.request_stop();
    EXPECT_EQ(*follow("mnist-1", fake.cluster(), fake.terminal), ExitCode::Interrupted);
    EXPECT_THAT(fake.err.str(), HasSubstr("goes on"));
}

TEST(Follow, DeletedMeanwhile) {
    FakeCluster fake;
    const auto code = follow("mnist-1", fake.cluster(), fake.terminal);
    ASSERT_FALSE(code);
    EXPECT_EQ(code.error().code, ErrorCode::NotFound);
    EXPECT_THAT(code.error().message, HasSubstr("pedigree trace exp/mnist-1"));
}

} // namespace
} // namespace pedigree::cli

// decide() at the end of a life, when something is not as it should be.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

using testing::Contains;
using testing::HasSubstr;

// kubectl delete --cascade=orphan takes the owner off the Job: it is still the one that was made.
TEST(Life, ReleasesAJobWhoseOwnerWasTakenAway) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.observation.resource->deleting_since = life.observation.now;
    life.observation.jobs.back().claims_us = false;
    EXPECT_EQ(life.step(), "commit.deleting");
    EXPECT_EQ(life.step(), "job.delete");
    life.end_pod(143, "Error");
    EXPECT_THAT(life.run(), Contains("job.release"));
    EXPECT_FALSE(life.observation.resource->has_finalizer);
    EXPECT_TRUE(life.observation.jobs.empty());
}

TEST(Life, SaysThatTheTrackerWasNotTold) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.end_pod(0, "Completed");
    while (life.step() != "commit.finished") {
    }
    life.answer = [](ActivityRow& row) {
        row.state = ActivityState::Failed;
        row.message = "Secret vision/mlflow does not exist";
    };
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Succeeded);
    EXPECT_THAT(life.look().message, HasSubstr("MLflow still shows its run"));
    EXPECT_THAT(life.look().message, HasSubstr("vision/mlflow"));
}

TEST(Life, AnOutputThatCouldNotBeKeptIsNotCalledMissing) {
    for (const auto& [sentence, reason] :
         {std::pair{"output model: 1 not kept: \"last.ckpt\": is a symbolic link that leads out of "
                    "its folder",
                    "OutputRefused"},
          {"output model: outputs/model is not there", "OutputMissing"}}) {
        Life life;
        life.observed = [&](records::pod::Bundle& bundle) {
            bundle.artifacts.clear();
            bundle.gaps = {{"NotSeenByRecorder", sentence}};
        };
        life.run();
        life.start_pod();
        life.run();
        life.end_pod(0, "Completed");
        life.run();
        EXPECT_EQ(life.attempt().reason, reason);
        EXPECT_EQ(life.attempt().message.find("last.ckpt") != std::string::npos,
                  life.attempt().reason == "OutputRefused")
            << life.attempt().message;
    }
}

} // namespace
} // namespace pedigree::experiment

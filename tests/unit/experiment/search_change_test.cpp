// A search that is changed, held, or meets trouble on its way.

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/search/step.h"
#include "experiment/status/project.h"
#include "tests/unit/experiment/search_life.h"

namespace pedigree::experiment {
namespace {

using testing::Contains;
using testing::SizeIs;

std::string condition(const Life& life, const std::string& type) {
    const Json status = project_status(life.observation, life.look());
    for (const Json& each : status["conditions"]) {
        if (each["type"] == type) {
            return string_or(each, "status");
        }
    }
    return "";
}

TEST(SearchChange, GoesOnWhenMaxTrialsIsRaisedAfterTheEnd) {
    Life life(search_of(2, 1));
    life.scores = {{1, "0.5"}, {2, "0.6"}, {3, "0.7"}, {4, "0.4"}};
    run_to_the_end(life);
    ASSERT_EQ(life.look().phase, Phase::Succeeded);
    life.observation.resource->max_trials = 4;
    run_to_the_end(life);
    EXPECT_EQ(life.look().phase, Phase::Succeeded);
    EXPECT_THAT(life.observation.history.trials, SizeIs(4));
    EXPECT_EQ(life.observation.history.experiment->best_trial, 3);
    EXPECT_THAT(life.records, Contains(RecordKind::SearchExtended));
    // Each end is an event of its own.
    std::set<std::int64_t> ends;
    for (const Change& change : life.changes) {
        if (change.records == std::vector{RecordKind::ExperimentFinished}) {
            ends.insert(change.record_attempt);
        }
    }
    EXPECT_THAT(ends, SizeIs(2));
}

TEST(SearchChange, OpensItsRunAgainBeforeItGoesOn) {
    Life life(search_of(1, 1));
    life.scores = {{1, "0.5"}, {2, "0.7"}};
    run_to_the_end(life);
    life.changes.clear();
    life.observation.resource->max_trials = 2;
    life.run();
    ASSERT_THAT(life.changes, SizeIs(testing::Gt(3U)));
    EXPECT_THAT(life.changes[1].wanted, testing::ElementsAre(open_activity(1)));
    EXPECT_EQ(life.changes[2].experiment->parent_run_id,
              life.observation.history.experiment->parent_run_id);
    EXPECT_THAT(life.changes[3].trials, SizeIs(1));
}

TEST(SearchChange, OpensItsRunOnceWhenItIsRaisedBeforeThat) {
    Life life(search_of(1, 1));
    life.answer = [](ActivityRow&) {}; // the worker is slow
    for (int i = 0; i < 20 && !life.observation.history.experiment; ++i) {
        life.step();
    }
    life.observation.history.experiment->commit = "c";
    life.observation.history.experiment->image = "i";
    life.run();
    ASSERT_NE(life.observation.history.activity(open_activity(0)), nullptr);
    life.observation.resource->max_trials = 2;
    life.run();
    EXPECT_EQ(life.observation.history.experiment->extensions, 1);
    EXPECT_EQ(life.observation.history.activity(open_activity(1)), nullptr);
}

TEST(SearchChange, NeverGoesOnAfterACancel) {
    Life life(search_of(4, 2));
    life.scores = {{1, "0.5"}, {2, "0.6"}};
    life.run();
    end_all(life);
    life.observation.resource->cancel = true;
    life.run();
    for (const AttemptRow& row : open_of(life)) {
        life.start_pod(row);
        life.end_pod(row, 143, "Error");
    }
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Cancelled);
    EXPECT_EQ(life.observation.history.experiment->best_trial, 2);
    EXPECT_EQ(running_trials(life.observation), 0);
    life.observation.resource->max_trials = 9;
    EXPECT_THAT(life.run(), SizeIs(0));
}

TEST(SearchChange, ResumesTheTrialsThatASuspendStopped) {
    Life life(search_of(3, 2));
    life.scores = {{1, "0.5"}, {2, "0.6"}, {3, "0.7"}};
    life.run();
    for (const AttemptRow& row : open_of(life)) {
        life.start_pod(row);
    }
    life.run();
    life.observation.resource->suspend = true;
    life.run();
    for (const AttemptRow& row : open_of(life)) {
        life.end_pod(row, 143, "Error");
    }
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Suspended);
    life.observation.resource->suspend = false;
    run_to_the_end(life);
    EXPECT_THAT(life.observation.history.trials, SizeIs(3));
    EXPECT_EQ(life.look().phase, Phase::Succeeded);
}

TEST(SearchChange, SaysThatItIsNotOverAgainAfterAnExtension) {
    Life life(search_of(1, 1));
    life.scores = {{1, "0.5"}, {2, "0.7"}};
    run_to_the_end(life);
    EXPECT_EQ(condition(life, "Succeeded"), "True");
    life.observation.resource->max_trials = 2;
    life.run();
    EXPECT_EQ(condition(life, "Finished"), "False");
    EXPECT_EQ(condition(life, "Succeeded"), "False");
}

TEST(SearchChange, KeepsTheValueOfATrialThatACancelFindsEnding) {
    Life life(search_of(3, 1));
    life.scores = {{1, "0.5"}};
    life.run();
    start_all(life);
    life.end_pod(0, "Completed");
    ASSERT_EQ(life.step(), "commit.ended");
    life.observation.resource->cancel = true;
    life.run();
    EXPECT_EQ(trial(life, 1).state, TrialState::Completed);
    EXPECT_EQ(life.observation.history.experiment->best_trial, 1);
    EXPECT_EQ(life.look().phase, Phase::Cancelled);
}

TEST(SearchChange, StartsNoMoreAttemptsThanItMayNow) {
    Life life(search_of(6, 3));
    life.run();
    start_all(life);
    life.observation.resource->suspend = true;
    life.run();
    for (const AttemptRow& row : open_of(life)) {
        life.end_pod(row, 143, "Error");
    }
    life.run();
    life.observation.resource->parallel_trials = 1;
    life.observation.resource->suspend = false;
    life.run();
    EXPECT_THAT(open_of(life), SizeIs(1));
}

TEST(SearchTrouble, AMissingSecretDoesNotUndoASearchThatIsDone) {
    Life life(search_of(2, 1));
    life.scores = {{1, "0.5"}, {2, "0.7"}};
    life.run();
    end_all(life);
    start_all(life);
    life.end_pod(0, "Completed");
    life.observation.missing = {{"SecretMissing", "Secret mlflow is missing"}};
    life.run();
    EXPECT_EQ(life.observation.history.experiment->outcome, Outcome::Succeeded);
}

TEST(SearchTrouble, AMissingSecretEndsASearchThatHasTrialsLeft) {
    Life life(search_of(3, 1));
    life.scores = {{1, "0.5"}};
    life.run();
    life.observation.missing = {{"SecretMissing", "Secret mlflow is missing"}};
    end_all(life);
    EXPECT_EQ(life.observation.history.experiment->reason, "SecretMissing");
}

TEST(SearchTrouble, NewsAtEachLookKeepsNothingElseWaiting) {
    Json search = search_of(6, 2);
    search["earlyStopping"] = {{"threshold", 0.01}};
    Life life(search);
    life.scores = {{1, "0.5"}, {2, "0.7"}};
    life.run();
    start_all(life);
    const auto rows = open_of(life);
    ASSERT_THAT(rows, SizeIs(2));
    life.end_pod(rows[1], 0, "Completed");
    for (int step = 1; step < 100; ++step) { // before each look another value was told
        life.observation.objective_points[rows[0].pod_uid].push_back({step, MetricValue(0.5)});
        life.step();
    }
    EXPECT_EQ(trial(life, 2).state, TrialState::Completed);
    EXPECT_THAT(life.observation.history.trials, SizeIs(3));
}

TEST(SearchTrouble, EndsOnceWhenItsEventsCannotBeRead) {
    Life life(search_of(6, 2));
    life.scores = {{1, "0.5"}, {2, "0.7"}};
    life.run();
    start_all(life);
    life.end_pod(open_of(life)[1], 0, "Completed");
    life.observation.history.search_events.push_back(R"({"unknown":1})");
    EXPECT_NE(life.run().back(), "never ends");
    EXPECT_EQ(life.observation.history.experiment->reason, "UnreadableOutcome");
    EXPECT_TRUE(life.observation.jobs.front().deleting); // nothing trains on in vain
}

TEST(SearchTrouble, FailsWhenTheConstraintsLeaveNoTrial) {
    Json search = search_of(3, 1);
    search["space"] = {{{"name", "a"}, {"type", "Float"}, {"min", 0}, {"max", 1}},
                       {{"name", "b"}, {"type", "Float"}, {"min", 0}, {"max", 1}}};
    search["constraints"] = {
        {"linear", {{{"coefficients", {{"a", 1}, {"b", 1}}}, {"max", 0.0001}}}}};
    Life life(search);
    life.run();
    EXPECT_EQ(life.observation.history.experiment->reason, "NoTrialProposed");
}

TEST(SearchTrouble, ThreeTrialsInARowThatAreMisconfiguredEndASearchThatHasAValue) {
    Life life(search_of(9, 1));
    life.scores = {{1, "0.5"}}; // the others log another metric
    run_to_the_end(life);
    EXPECT_EQ(life.observation.history.experiment->reason, "ObjectiveMissing");
    EXPECT_THAT(life.observation.history.trials, SizeIs(4));
}

} // namespace
} // namespace pedigree::experiment

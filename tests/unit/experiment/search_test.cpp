// A search's life, decided step by step: trials beside each other, their ends, its own end.

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/search/step.h"
#include "experiment/search/trial_spec.h"
#include "tests/fakes/sample.h"
#include "tests/unit/experiment/search_life.h"

namespace pedigree::experiment {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

TEST(SearchLife, RunsAsManyTrialsBesideEachOtherAsItMay) {
    Life life(search_of(5, 3));
    life.run();
    EXPECT_THAT(open_of(life), SizeIs(3));
    EXPECT_EQ(running_trials(life.observation), 3);
    // A slot that gets free is filled while the others go on.
    life.scores = {{1, "0.5"}};
    const AttemptRow first = open_of(life).front();
    life.start_pod(first);
    life.run();
    life.end_pod(first, 0, "Completed");
    life.run();
    EXPECT_EQ(trial(life, 1).state, TrialState::Completed);
    EXPECT_EQ(running_trials(life.observation), 3);
    EXPECT_THAT(life.observation.history.trials, SizeIs(4));
}

TEST(SearchLife, EndsWithTheBestOfItsTrials) {
    Life life(search_of(4, 2));
    life.scores = {{1, "0.5"}, {2, "0.9"}, {3, "0.7"}, {4, "0.1"}};
    run_to_the_end(life);
    const ExperimentRow& row = *life.observation.history.experiment;
    EXPECT_EQ(row.outcome, Outcome::Succeeded);
    EXPECT_EQ(row.best_trial, 2);
    EXPECT_EQ(row.best_value.text(), "0.9");
    EXPECT_THAT(row.message, HasSubstr("4 of 4 trials ended; best score 0.9 (trial 2)"));
    EXPECT_EQ(life.look().phase, Phase::Succeeded);
    EXPECT_EQ(std::count(life.records.begin(), life.records.end(), RecordKind::TrialProposed), 4);
    EXPECT_EQ(std::count(life.records.begin(), life.records.end(), RecordKind::TrialEnded), 4);
}

TEST(SearchLife, BeginsWithTheValuesThatTheUserWrote) {
    Life life(search_of(2, 1)); // the sample has a learning rate of 0.001
    life.run();
    EXPECT_EQ(parameters_of(trial(life, 1)).at("train.learning_rate"), spec::ParameterValue(0.001));
}

TEST(SearchLife, ProposesTheSameFromTheSameRows) {
    Life life(search_of(4, 2));
    life.scores = {{1, "0.5"}, {2, "0.9"}, {3, "0.7"}, {4, "0.1"}};
    run_to_the_end(life);
    EXPECT_THAT(life.trials().all(), SizeIs(4));
    EXPECT_THAT(life.observation.history.search_events, SizeIs(8));
}

TEST(SearchLife, ReplacesFailedTrialsAsFarAsTheSpecAllows) {
    Json search = search_of(3, 1);
    search["maxFailedTrials"] = 1;
    Life life(search);
    life.scores = {{2, "0.2"}, {3, "0.3"}, {4, "0.4"}};
    life.run();
    end_all(life, 1);
    EXPECT_EQ(trial(life, 1).state, TrialState::Failed);
    EXPECT_EQ(trial(life, 1).failure_class, FailureClass::UserCode);
    run_to_the_end(life);
    EXPECT_THAT(life.observation.history.trials, SizeIs(4));
    EXPECT_EQ(life.observation.history.experiment->outcome, Outcome::Succeeded);
    EXPECT_EQ(life.observation.history.experiment->best_trial, 4);
}

TEST(SearchLife, FailsWhenNoTrialCameToAValue) {
    Life life(search_of(2, 1));
    life.run();
    end_all(life, 1);
    end_all(life, 1);
    EXPECT_EQ(life.observation.history.experiment->outcome, Outcome::Failed);
    EXPECT_EQ(life.observation.history.experiment->reason, "NoTrialSucceeded");
}

TEST(SearchLife, StopsWhenTheObjectiveIsNeverLogged) {
    Life life(search_of(10, 2));
    run_to_the_end(life);
    const ExperimentRow& row = *life.observation.history.experiment;
    EXPECT_EQ(row.outcome, Outcome::Failed);
    EXPECT_EQ(row.reason, "ObjectiveMissing");
    EXPECT_EQ(row.failure_class, FailureClass::Configuration);
    EXPECT_THAT(life.observation.history.trials, SizeIs(2)); // no further GPU hour is spent
}

// Runs may be so many, or log so much, that what they logged stands in pages alone.
TEST(SearchLife, TakesTheObjectiveFromTheSummaryWhereMetricsStandInPages) {
    for (const char* rule : {"Max", "Min", "Last"}) {
        Json search = search_of(1, 1);
        search["objective"]["rule"] = rule;
        Life life(search);
        life.observed = [](records::pod::Bundle& bundle) {
            bundle.objective_summary = {.count = 9,
                                        .last = MetricValue(0.5),
                                        .min = MetricValue(0.25),
                                        .max = MetricValue(0.75),
                                        .last_step = 9};
            bundle.runs.front().metrics.clear();
            bundle.runs.front().metric_count = 5000;
            bundle.objective.clear();
            bundle.pages = {{sample::digest_of("page"), 1000}};
        };
        run_to_the_end(life);
        EXPECT_EQ(trial(life, 1).value.text(), std::string(rule) == "Max"   ? "0.75"
                                               : std::string(rule) == "Min" ? "0.25"
                                                                            : "0.5");
        EXPECT_GE(life.attempt().gaps, 1); // the pages are one
    }
}

TEST(SearchLife, GoesOnWhenOneTrialAmongOthersLacksTheObjective) {
    Life life(search_of(3, 1));
    life.scores = {{1, "0.5"}, {3, "0.6"}};
    run_to_the_end(life);
    EXPECT_EQ(trial(life, 2).failure_reason, "ObjectiveMissing");
    EXPECT_EQ(life.observation.history.experiment->outcome, Outcome::Succeeded);
}

TEST(SearchLife, RepeatsAnInfrastructureFailureAsTheSameTrial) {
    Life life(search_of(2, 1));
    life.scores = {{1, "0.5"}, {2, "0.6"}};
    life.run();
    life.start_pod();
    life.run();
    life.observation.jobs.clear(); // somebody deleted the Job
    life.observation.pods.clear();
    life.run();
    life.observation.now += std::chrono::minutes(10);
    run_to_the_end(life);
    EXPECT_THAT(life.observation.history.trials, SizeIs(2));
    EXPECT_THAT(life.observation.history.attempts, SizeIs(3));
    EXPECT_EQ(trial(life, 1).value.text(), "0.5");
}

TEST(SearchLife, StopsATrialThatARuleGivesUp) {
    Json search = search_of(3, 1);
    search["earlyStopping"] = {{"threshold", 0.2}};
    Life life(search);
    life.scores = {{1, "0.1"}, {2, "0.6"}, {3, "0.5"}};
    life.run();
    life.start_pod();
    life.run();
    life.observation.objective_points[life.pod().uid] = {
        {1, MetricValue(0.3)}, {2, MetricValue(0.1)}, {3, MetricValue(0.1)}};
    EXPECT_THAT(life.run(), Contains("commit.report"));
    EXPECT_EQ(trial(life, 1).stop_reason, "Threshold");
    EXPECT_TRUE(life.observation.jobs.front().deleting);
    life.end_pod(143, "Error");
    life.run();
    EXPECT_EQ(trial(life, 1).state, TrialState::Stopped);
    EXPECT_EQ(trial(life, 1).value.text(), "0.1");
    EXPECT_EQ(life.observation.history.attempts.front().reason, "EarlyStopped");
    run_to_the_end(life);
    EXPECT_EQ(life.observation.history.experiment->best_trial, 2);
}

TEST(SearchLife, ReportsEachPointOnce) {
    Json search = search_of(3, 1);
    search["earlyStopping"] = {{"name", "Median"}};
    Life life(search);
    life.run();
    life.start_pod();
    life.run();
    life.observation.objective_points[life.pod().uid] = {{1, MetricValue(0.3)},
                                                         {2, MetricValue(0.4)}};
    life.run();
    life.observation.objective_points[life.pod().uid] = {
        {1, MetricValue(0.3)}, {2, MetricValue(0.4)}, {3, MetricValue(0.5)}};
    life.run();
    EXPECT_THAT(life.observation.history.search_events, SizeIs(1 + 3));
    EXPECT_THAT(life.run(), SizeIs(0));
}

TEST(SearchLife, KeepsWhatAQuickScriptLoggedBeforeItWasLookedAt) {
    Json search = search_of(3, 1);
    search["earlyStopping"] = {{"name", "Median"}};
    Life life(search);
    life.scores = {{1, "0.5"}, {2, "0.6"}, {3, "0.7"}};
    life.points = {{1, MetricValue(0.4)}, {2, MetricValue(0.5)}};
    run_to_the_end(life);
    const search::Trials trials = life.trials();
    for (const search::Trial& ended : trials.all()) {
        EXPECT_THAT(ended.reports, SizeIs(3)) << ended.number;
    }
}

TEST(SearchLife, JudgesWhatARetryLogsFromItsFirstStepOn) {
    Json search = search_of(3, 1);
    search["earlyStopping"] = {{"threshold", 0.2}};
    Life life(search);
    life.run();
    life.start_pod();
    life.run();
    life.observation.objective_points[life.pod().uid] = {
        {1, MetricValue(0.3)}, {2, MetricValue(0.4)}, {3, MetricValue(0.5)}};
    life.run();
    life.observation.jobs.clear(); // somebody deleted the Job
    life.observation.pods.clear();
    life.run();
    life.observation.now += std::chrono::minutes(10);
    life.run();
    ASSERT_EQ(life.attempt().number, 2);
    life.start_pod();
    life.run();
    life.observation.objective_points[life.pod().uid] = {{1, MetricValue(0.3)}};
    life.run();
    life.observation.objective_points[life.pod().uid] = {{1, MetricValue(0.3)},
                                                         {2, MetricValue(0.1)}};
    EXPECT_THAT(life.run(), Contains("commit.report"));
    EXPECT_EQ(trial(life, 1).stop_reason, "Threshold");
    const search::Trials trials = life.trials();
    const search::Trial& known = trials.all().front();
    EXPECT_EQ(known.attempt, 2);
    EXPECT_THAT(known.reports, SizeIs(2));
}

TEST(SearchLife, StopsATrialThatCameToNoNumberWithoutARule) {
    Life life(search_of(2, 1));
    life.run();
    life.start_pod();
    life.run();
    life.observation.objective_points[life.pod().uid] = {
        {1, MetricValue(std::numeric_limits<double>::quiet_NaN())}};
    life.run();
    EXPECT_EQ(trial(life, 1).stop_reason, "NotFinite");
    EXPECT_TRUE(life.observation.jobs.front().deleting);
}

TEST(SearchLife, TriesASmallerBatchAfterOutOfMemory) {
    Json search = search_of(2, 1);
    search["smallerBatch"] = {{"parameter", "train.batch_size"}};
    search["space"][0] = {{"name", "train.learning_rate"}, {"type", "Constant"}, {"value", 0.001}};
    Life life(search);
    life.observation.spec->parameters["train.batch_size"] = std::int64_t{64};
    life.observation.study->first = {{"train.batch_size", std::int64_t{64}}};
    life.observation.spec->retries.out_of_memory = 0;
    life.scores = {{2, "0.5"}};
    life.run();
    life.start_pod();
    life.run();
    life.end_pod(137, "OOMKilled");
    life.run();
    EXPECT_EQ(trial(life, 1).failure_class, FailureClass::OutOfMemory);
    EXPECT_EQ(trial(life, 2).derived_from, 1);
    EXPECT_EQ(parameters_of(trial(life, 2)).at("train.batch_size"),
              spec::ParameterValue(std::int64_t{32}));
}

TEST(SearchLife, AnswersATrialFromAnEarlierOneThatWasTheSame) {
    Json search = search_of(2, 1);
    search["reuse"] = "SameSeed";
    Life life(search);
    life.scores = {{2, "0.5"}};
    life.observation.reusable[1] = {"another-uid", 7, MetricValue(0.8)};
    life.run();
    EXPECT_EQ(trial(life, 1).state, TrialState::Completed);
    EXPECT_EQ(trial(life, 1).reused_from, "another-uid/7");
    EXPECT_EQ(life.observation.history.attempts.front().trial, 2); // only the other one runs
}

TEST(SearchLife, LearnsFromEarlierSearchesOfTheProject) {
    Json search = search_of(10, 1);
    search["algorithm"]["name"] = "Bayesian";
    search["warmStart"] = "Project";
    Life life(search);
    life.observation.study->first.clear();
    life.observation.earlier_searches = R"([{"events":24,"experiment":"another-uid"}])";
    search::EarlierStudy earlier;
    for (int i = 0; i < 12; ++i) {
        const double rate = 0.0001 * std::pow(1000.0, i / 11.0);
        earlier.trials.push_back(
            {{{"train.learning_rate", rate}, {"train.batch_size", std::int64_t{32}}},
             -std::abs(std::log10(rate) + 2)});
    }
    life.observation.earlier = {earlier};
    life.scores = {{1, "-0.5"}, {2, "-0.2"}, {3, "-0.1"}, {4, "-0.3"}};
    life.run();
    for (int i = 0; i < 4; ++i) {
        end_all(life);
    }
    EXPECT_EQ(life.observation.history.experiment->earlier_searches,
              R"([{"events":24,"experiment":"another-uid"}])");
    // Within the initial design, where a search alone would draw a point.
    EXPECT_THAT(trial(life, 5).reason_json, HasSubstr("\"trust\""));
}

TEST(TrialSpec, LacksWhatTheTrialDoesNotHave) {
    Life life(search_of(2, 1));
    spec::ExperimentSpec spec = *life.observation.spec;
    spec.parameters["train.batch_size"] = std::int64_t{64};
    TrialRow trial;
    trial.parameters_json = R"({"train.learning_rate":0.02})";
    const auto own = spec_of_trial(spec, trial);
    EXPECT_FALSE(own.parameters.contains("train.batch_size"));
    EXPECT_EQ(own.parameters.at("train.learning_rate"), spec::ParameterValue(0.02));
    EXPECT_TRUE(own.parameters.contains("train.epochs"));
}

} // namespace
} // namespace pedigree::experiment

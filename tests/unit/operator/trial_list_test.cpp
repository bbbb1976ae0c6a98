// The trials of an Experiment as the read API lists them: a search's rows with their attempts, and
// the one trial of an Experiment without a search.

#include "operator/api/trial_list.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace pedigree::control {
namespace {

const Instant noon = *parse_instant("2026-01-31T12:00:00Z");

experiment::History search_of_three() {
    experiment::History history;
    history.experiment = experiment::ExperimentRow{};
    history.experiment->name = "mnist-4";
    history.experiment->spec_json =
        R"({"search":{"objective":{"goal":"Maximize","metric":"val_accuracy"},"maxTrials":2}})";
    history.experiment->max_trials = 12; // raised since
    history.experiment->best_trial = 2;
    for (std::int64_t number : {1, 2, 3}) {
        experiment::TrialRow trial;
        trial.number = number;
        trial.parameters_json = R"({"train.lr":0.01})";
        trial.reason_json = R"({"proposedBy":"Sobol"})";
        trial.proposed_at = noon;
        history.trials.push_back(trial);
    }
    return history;
}

experiment::AttemptRow attempt_of(std::int64_t trial, std::int64_t number, const std::string& pod) {
    experiment::AttemptRow attempt;
    attempt.trial = trial;
    attempt.number = number;
    attempt.pod_uid = pod;
    attempt.started_at = noon + std::chrono::minutes(trial * 10 + number);
    return attempt;
}

TEST(TrialList, SaysWhatTheSearchGoesToAndWhichTrialIsBest) {
    const Json list = trial_list(search_of_three(), {}).value();
    EXPECT_EQ(list["kind"], "TrialList");
    EXPECT_EQ(list["experiment"], "mnist-4");
    EXPECT_EQ(list["objective"], (Json{{"metric", "val_accuracy"}, {"goal", "Maximize"}}));
    EXPECT_EQ(list["search"]["maxTrials"], 2); // as it was accepted
    EXPECT_EQ(list["maxTrials"], 12);
    EXPECT_EQ(list["best"], 2);
    EXPECT_EQ(list["items"].size(), 3U);
}

TEST(TrialList, JoinsATrialWithItsAttemptsAndTheirRuns) {
    experiment::History history = search_of_three();
    history.attempts = {attempt_of(1, 1, "pod-a"), attempt_of(2, 1, "pod-b"),
                        attempt_of(2, 2, "pod-c"), attempt_of(2, 3, "")};
    const Json list =
        trial_list(history, {{"pod-b", {"r1"}}, {"pod-c", {"r2", "r3"}}, {"pod-x", {"r4"}}})
            .value();
    const Json& second = list["items"][1];
    EXPECT_EQ(second["attempts"], 3);
    EXPECT_EQ(second["podUid"], "pod-c"); // the third has none yet
    EXPECT_EQ(second["startedAt"], to_text(noon + std::chrono::minutes(21)));
    EXPECT_EQ(second["runIds"], (Json{"r1", "r2", "r3"}));
    const Json& third = list["items"][2];
    EXPECT_EQ(third["attempts"], 0);
    EXPECT_TRUE(third["podUid"].is_null());
    EXPECT_TRUE(third["startedAt"].is_null());
    EXPECT_EQ(third["runIds"], Json::array());
}

TEST(TrialList, SaysHowATrialEndedAndWhereItCameFrom) {
    experiment::History history = search_of_three();
    history.trials[0].state = experiment::TrialState::Failed;
    history.trials[0].failure_class = FailureClass::OutOfMemory;
    history.trials[0].failure_reason = "OOMKilled";
    history.trials[0].message = "64 Mi were not enough";
    history.trials[1].state = experiment::TrialState::Stopped;
    history.trials[1].stop_reason = "Median";
    history.trials[1].value = MetricValue(0.25);
    history.trials[1].derived_from = 1;
    history.trials[1].ended_at = noon;
    history.trials[2].state = experiment::TrialState::Completed;
    history.trials[2].repeats = 2;
    history.trials[2].reused_from = "uid-1/7";
    const Json items = trial_list(history, {}).value()["items"];
    EXPECT_EQ(items[0]["failure"], (Json{{"class", "OutOfMemory"},
                                         {"reason", "OOMKilled"},
                                         {"message", "64 Mi were not enough"}}));
    EXPECT_TRUE(items[0]["value"].is_null());
    EXPECT_EQ(items[1]["state"], "Stopped");
    EXPECT_EQ(items[1]["stopReason"], "Median");
    EXPECT_EQ(items[1]["value"], 0.25);
    EXPECT_EQ(items[1]["derivedFrom"], 1);
    EXPECT_EQ(items[1]["endedAt"], to_text(noon));
    EXPECT_TRUE(items[1]["failure"].is_null());
    EXPECT_TRUE(items[1]["repeats"].is_null());
    EXPECT_EQ(items[2]["repeats"], 2);
    EXPECT_EQ(items[2]["reusedFrom"], "uid-1/7");
    EXPECT_EQ(items[2]["why"], (Json{{"proposedBy", "Sobol"}}));
    EXPECT_EQ(items[2]["parameters"], (Json{{"train.lr", 0.01}}));
}

TEST(TrialList, WithoutASearchThereIsOneTrial) {
    experiment::History history;
    history.experiment = experiment::ExperimentRow{};
    history.experiment->name = "mnist-1";
    history.experiment->spec_json = R"({"parameters":{"train.epochs":4}})";
    history.experiment->accepted_at = noon;
    history.attempts = {attempt_of(1, 1, "pod-a")};
    Json list = trial_list(history, {}).value();
    EXPECT_TRUE(list["search"].is_null());
    EXPECT_TRUE(list["objective"].is_null());
    EXPECT_TRUE(list["best"].is_null());
    EXPECT_EQ(list["maxTrials"], 1);
    ASSERT_EQ(list["items"].size(), 1U);
    EXPECT_EQ(list["items"][0]["trial"], 1);
    EXPECT_EQ(list["items"][0]["state"], "Running");
    EXPECT_EQ(list["items"][0]["parameters"], (Json{{"train.epochs", 4}}));
    EXPECT_EQ(list["items"][0]["podUid"], "pod-a");

    history.experiment->outcome = experiment::Outcome::Failed;
    history.experiment->failure_class = FailureClass::UserCode;
    list = trial_list(history, {}).value();
    EXPECT_EQ(list["items"][0]["state"], "Failed");
    EXPECT_EQ(list["items"][0]["failure"]["class"], "UserCode");
}

TEST(TrialList, ARowThatIsNoJsonIsAnError) {
    experiment::History history = search_of_three();
    history.trials[2].reason_json = "{";
    EXPECT_FALSE(trial_list(history, {}));
}

} // namespace
} // namespace pedigree::control

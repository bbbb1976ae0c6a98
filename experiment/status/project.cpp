#include "experiment/status/project.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "experiment/search/step.h"
#include "experiment/status/condition.h"
#include "experiment/status/told.h"
#include "experiment/steps/retry.h"

namespace pedigree::experiment {
namespace {

struct Condition {
    ConditionType type{};
    Truth truth = Truth::Unknown;
    std::string reason, message;
};

// One with which nothing is wrong.
Condition well(ConditionType type, Truth truth, ConditionReason reason) {
    return {type, truth, std::string(to_string(reason)), ""};
}

std::string bounded(const std::string& text) {
    return clean_text(text, message_characters_max, Lines::Keep);
}

bool is_final(Phase phase) {
    return phase == Phase::Succeeded || phase == Phase::Failed || phase == Phase::Cancelled;
}

Condition settled(ConditionType type, bool reached, bool over, const Decision& decision,
                  ConditionReason reached_reason) {
    if (reached) {
        return well(type, Truth::True, reached_reason);
    }
    if (over) {
        return {type, Truth::False, decision.reason, decision.message};
    }
    return well(type, Truth::Unknown, ConditionReason::NotYet);
}

// True is what can be read again: committed, numbered, and in the graph with all of its parts.
Condition recorded_condition(const Observation& observation) {
    const History& history = observation.history;
    if (!history.experiment || !history.experiment->released) {
        return well(ConditionType::LineageRecorded, Truth::Unknown, ConditionReason::NotYet);
    }
    if (history.recorded.unread > 0) {
        return {ConditionType::LineageRecorded, Truth::False, "RecordNotReadable",
                std::to_string(history.recorded.unread) +
                    " entries of the record hold what this version cannot read; the graph shows "
                    "the rest, and `pedigree trace` the gap"};
    }
    if (!history.recorded.numbered) {
        return {ConditionType::LineageRecorded, Truth::Unknown, "BeingNumbered",
                "committed; its last entry waits for its number in the ledger"};
    }
    return well(ConditionType::LineageRecorded, Truth::True, ConditionReason::Committed);
}

std::vector<Condition> conditions_of(const Observation& observation, const Decision& decision) {
    const bool over = is_final(decision.phase);
    const bool accepted = observation.history.experiment.has_value();
    static const ExperimentRow nothing;
    const ExperimentRow& row = accepted ? *observation.history.experiment : nothing;
    const auto& attempts = observation.history.attempts;
    const bool admitted =
        std::any_of(attempts.begin(), attempts.end(), [](const AttemptRow& attempt) {
            return attempt.stage >= AttemptStage::Started;
        });
    const auto open = open_attempts(observation);
    const bool running = std::any_of(open.begin(), open.end(), [](const AttemptRow* attempt) {
        return attempt->stage == AttemptStage::Started;
    });

    std::vector<Condition> all;
    all.push_back(settled(ConditionType::Validated, accepted || observation.spec.has_value(),
                          !observation.invalid.empty(), decision, ConditionReason::SpecValid));
    all.push_back(settled(ConditionType::SourceResolved, !row.commit.empty(), over, decision,
                          ConditionReason::CommitPinned));
    all.push_back(settled(ConditionType::ImageReady, !row.image.empty(), over, decision,
                          ConditionReason::ImagePushed));
    all.push_back(
        settled(ConditionType::Admitted, admitted, over, decision, ConditionReason::PodPlaced));
    all.push_back(running ? well(ConditionType::Running, Truth::True, ConditionReason::PodRunning)
                          : well(ConditionType::Running, Truth::False,
                                 over ? ConditionReason::Ended : ConditionReason::NotYet));
    all.push_back(recorded_condition(observation));
    all.push_back(settled(ConditionType::Succeeded, decision.phase == Phase::Succeeded, over,
                          decision, ConditionReason::Completed));
    if (row.extensions > 0 && !over) { // it goes on after an end
        all.back().truth = Truth::False;
    }
    const bool failed = decision.phase == Phase::Failed || decision.phase == Phase::Cancelled;
    all.push_back(
        failed ? Condition{ConditionType::Failed, Truth::True, decision.reason, decision.message}
               : well(ConditionType::Failed, over ? Truth::False : Truth::Unknown,
                      over ? ConditionReason::Completed : ConditionReason::NotYet));
    all.push_back(
        over ? Condition{ConditionType::Finished, Truth::True, decision.reason, decision.message}
             : well(ConditionType::Finished, Truth::False, ConditionReason::NotYet));
    return all;
}

Json condition_json(const Condition& condition, const Json& old_conditions,
                    const Observation& observation) {
    std::string since = to_kubernetes_time(observation.now);
    for (const Json& old : old_conditions) {
        if (string_or(old, "type") == to_string(condition.type) &&
            string_or(old, "status") == to_string(condition.truth)) {
            since = string_or(old, "lastTransitionTime", since);
        }
    }
    return {{"type", to_string(condition.type)},
            {"status", to_string(condition.truth)},
            {"reason", condition.reason.empty() ? std::string(to_string(ConditionReason::NotYet))
                                                : condition.reason},
            {"message", bounded(condition.message)},
            {"lastTransitionTime", since},
            {"observedGeneration", observation.resource->generation}};
}

// Of a search, by the rows of its trials.
Json search_trials_json(const Observation& observation) {
    Json counts{{"total", static_cast<std::int64_t>(observation.history.trials.size())},
                {"running", 0},
                {"succeeded", 0},
                {"failed", 0},
                {"stopped", 0},
                {"reused", 0}};
    const auto add = [&](const char* name) { counts[name] = counts[name].get<std::int64_t>() + 1; };
    for (const TrialRow& trial : observation.history.trials) {
        add(trial.state == TrialState::Running     ? "running"
            : trial.state == TrialState::Completed ? "succeeded"
            : trial.state == TrialState::Stopped   ? "stopped"
                                                   : "failed");
        if (!trial.reused_from.empty()) {
            add("reused");
        }
    }
    return counts;
}

Json best_json(const Observation& observation) {
    const ExperimentRow& row = *observation.history.experiment;
    const auto attempts = attempts_of(observation, row.best_trial);
    Json best{{"trial", row.best_trial},
              {"metric", observation.study->objective.metric},
              {"value", row.best_value.text()}};
    if (!attempts.empty()) { // else another trial answered it
        best["attempt"] = attempts.back().number;
    }
    return best;
}

Json trials_json(const Observation& observation, const Decision& decision) {
    if (observation.study) {
        return search_trials_json(observation);
    }
    const auto open = open_attempts(observation);
    const bool begun = !observation.history.attempts.empty();
    const bool over = is_final(decision.phase);
    return {{"total", 1},
            {"running", open.empty() ? 0 : 1},
            {"succeeded", decision.phase == Phase::Succeeded ? 1 : 0},
            {"failed", begun && over && decision.phase == Phase::Failed ? 1 : 0},
            {"stopped", begun && decision.phase == Phase::Cancelled ? 1 : 0},
            {"reused", 0}};
}

// An end that is gone on after has no time any more. What was refused before it was accepted has no
// row: its condition dates it.
void put_times(Json& status, const Observation& observation, Phase phase) {
    const auto& row = observation.history.experiment;
    if (row) {
        status["startedAt"] = to_kubernetes_time(row->accepted_at);
    }
    if (!is_final(phase)) {
        return;
    }
    if (row && row->finished_at) {
        status["finishedAt"] = to_kubernetes_time(*row->finished_at);
    } else if (!row) {
        status["finishedAt"] = status["conditions"].back()["lastTransitionTime"]; // Finished
    }
}

} // namespace

Json project_status(const Observation& observation, const Decision& decision) {
    const auto old_status = parse_json(observation.resource->status_json);
    const Json& old = old_status ? *old_status : Json();
    if (decision.reason == history_lost_reason) {
        return status_while_history_lost(old, decision, observation.resource->generation,
                                         observation.now);
    }
    Json conditions = Json::array();
    for (const Condition& condition : conditions_of(observation, decision)) {
        conditions.push_back(condition_json(condition, at_path(old, {"conditions"}), observation));
    }
    Json status{{"observedGeneration", observation.resource->generation},
                {"phase", to_string(decision.phase)},
                {"reason", decision.reason},
                {"message", bounded(decision.message)},
                {"conditions", std::move(conditions)},
                {"trials", trials_json(observation, decision)},
                {"attempts", static_cast<std::int64_t>(observation.history.attempts.size())}};
    put_times(status, observation, decision.phase);
    if (!observation.history.experiment) {
        return status;
    }
    const ExperimentRow& row = *observation.history.experiment;
    Json resolved{{"specHash", row.spec_hash}};
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            resolved[name] = value;
        }
    };
    const std::string& commit = row.commit.empty() ? row.told_commit : row.commit;
    put("commit", commit);
    put("shortCommit", commit.substr(0, 12)); // for the printer column
    put("tree", row.tree);
    put("lock", row.lock_digest);
    put("base", row.base_digest);
    put("image", row.image);
    status["resolved"] = std::move(resolved);
    if (const auto& gaps = observation.history.recorded.gaps) { // before, nobody can read them
        status["gaps"] = *gaps;
    }
    if (observation.study) {
        status["progress"] = std::to_string(ended_trials(observation)) + "/" +
                             std::to_string(wanted_trials(observation));
    }
    if (observation.study && row.best_trial > 0) {
        status["best"] = best_json(observation);
    }
    status["lineage"] = {{"record", row.uid}, {"revision", revision_of(row)}};
    return status;
}

} // namespace pedigree::experiment

#include "operator/api/trial_list.h"

#include <nlohmann/json.hpp>

namespace pedigree::control {
namespace {

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

Json number_or_null(std::int64_t number) {
    return number == 0 ? Json() : Json(number);
}

Json time_or_null(const std::optional<Instant>& time) {
    return time ? Json(to_text(*time)) : Json();
}

Result<Json> json_or_null(const std::string& text) {
    return text.empty() ? Json() : parse_json(text);
}

// The attempts of one trial: how many, when it began, and where it ran last.
void add_attempts(Json& item, const std::vector<experiment::AttemptRow>& attempts,
                  const RunsByPod& runs) {
    std::int64_t count = 0;
    item["startedAt"] = Json();
    item["podUid"] = Json();
    item["runIds"] = Json::array();
    for (const experiment::AttemptRow& attempt : attempts) {
        if (attempt.trial != item["trial"]) {
            continue;
        }
        ++count;
        if (item["startedAt"].is_null()) {
            item["startedAt"] = time_or_null(attempt.started_at);
        }
        if (!attempt.pod_uid.empty()) {
            item["podUid"] = attempt.pod_uid;
        }
        if (const auto made = runs.find(attempt.pod_uid); made != runs.end()) {
            for (const std::string& run : made->second) {
                item["runIds"].push_back(run);
            }
        }
    }
    item["attempts"] = count;
}

Json failure_of(const experiment::TrialRow& trial) {
    if (trial.state != experiment::TrialState::Failed) {
        return {};
    }
    return {{"class", to_string(trial.failure_class)},
            {"reason", trial.failure_reason},
            {"message", trial.message}};
}

Result<Json> item_of(const experiment::TrialRow& trial) {
    TRY(Json parameters, json_or_null(trial.parameters_json));
    TRY(Json why, json_or_null(trial.reason_json));
    TRY(Json value, json_or_null(trial.value.text()));
    return Json{{"trial", trial.number},
                {"state", to_string(trial.state)},
                {"parameters", parameters.is_null() ? Json::object() : std::move(parameters)},
                {"value", std::move(value)},
                {"repeats", number_or_null(trial.repeats)},
                {"derivedFrom", number_or_null(trial.derived_from)},
                {"reusedFrom", text_or_null(trial.reused_from)},
                {"stopReason", text_or_null(trial.stop_reason)},
                {"failure", failure_of(trial)},
                {"why", std::move(why)},
                {"proposedAt", to_text(trial.proposed_at)},
                {"endedAt", time_or_null(trial.ended_at)}};
}

// Without a search: what the Experiment came to is what its trial came to.
experiment::TrialRow only_trial(const experiment::ExperimentRow& experiment, const Json& spec) {
    experiment::TrialRow trial;
    const bool succeeded = experiment.outcome == experiment::Outcome::Succeeded;
    trial.state = experiment.outcome == experiment::Outcome::None ? experiment::TrialState::Running
                  : succeeded ? experiment::TrialState::Completed
                              : experiment::TrialState::Failed;
    const Json& parameters = at_path(spec, {"parameters"});
    trial.parameters_json = parameters.is_object() ? canonical_json(parameters) : "";
    trial.failure_class = experiment.failure_class;
    trial.failure_reason = experiment.reason;
    trial.message = experiment.message;
    trial.proposed_at = experiment.accepted_at;
    trial.ended_at = experiment.finished_at;
    return trial;
}

} // namespace

Result<Json> trial_list(const experiment::History& history, const RunsByPod& runs) {
    const experiment::ExperimentRow& experiment = *history.experiment;
    TRY(const Json spec, parse_json(experiment.spec_json));
    const Json& search = at_path(spec, {"search"});
    Json list{{"kind", "TrialList"},
              {"experiment", experiment.name},
              {"uid", experiment.uid},
              {"search", search},
              {"objective", Json()},
              {"best", number_or_null(experiment.best_trial)},
              {"maxTrials", search.is_object() ? experiment.max_trials : 1},
              {"items", Json::array()}};
    if (search.is_object()) {
        const Json& objective = at_path(search, {"objective"});
        list["objective"] = {{"metric", string_or(objective, "metric")},
                             {"goal", string_or(objective, "goal")}};
    }
    const std::vector<experiment::TrialRow> trials =
        search.is_object() ? history.trials : std::vector{only_trial(experiment, spec)};
    for (const experiment::TrialRow& trial : trials) {
        TRY(Json item, item_of(trial));
        add_attempts(item, history.attempts, runs);
        list["items"].push_back(std::move(item));
    }
    return list;
}

} // namespace pedigree::control

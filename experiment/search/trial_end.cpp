// A trial between its attempts: the first one, a retry, or the trial's end.

#include <cmath>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "experiment/search/step.h"
#include "experiment/steps/retry.h"
#include "pipeline/search/document/event_json.h"

namespace pedigree::experiment {
namespace {

using run::FailureClass;

void fail(TrialRow& trial, std::string failure_class, std::string reason, std::string message) {
    trial.state = TrialState::Failed;
    trial.failure_class = std::move(failure_class);
    trial.failure_reason = std::move(reason);
    trial.message = std::move(message);
}

search::Told told_of(const TrialRow& trial) {
    search::Told told;
    told.trial = trial.number;
    told.outcome = trial.state == TrialState::Completed ? search::Outcome::Completed
                   : trial.state == TrialState::Stopped ? search::Outcome::Stopped
                                                        : search::Outcome::Failed;
    told.value = trial.value.empty() ? 0 : std::strtod(trial.value.c_str(), nullptr);
    if (trial.state == TrialState::Failed) {
        told.failure =
            trial.failure_reason == "NotFinite" ? trial.failure_reason : trial.failure_class;
    }
    return told;
}

// The trial's end, what it means for the search, and its record.
Decision conclude(const Observation& observation, TrialRow trial) {
    std::string told = canonical_json(search::to_json(search::Event(told_of(trial))));
    const auto search = replay(observation, told);
    if (!search) {
        return finish_unreadable(observation, search.error());
    }
    Change change;
    change.experiment = observation.history.experiment;
    if (const auto best = (*search)->best()) {
        change.experiment->best_trial = best->trial;
        change.experiment->best_value = canonical_json(Json(best->value));
    }
    change.trials = {std::move(trial)};
    change.search_events = {std::move(told)};
    change.search_events_before =
        static_cast<std::int64_t>(observation.history.search_events.size());
    change.records = {RecordKind::TrialEnded};
    return commit_now("conclude", std::move(change), Phase::Running);
}

// From the attempt that decided it. A trial that a rule stopped counts as stopped, also when its
// script was quicker and ended well.
TrialRow ended(const Observation& observation, TrialRow trial, const AttemptRow& last) {
    const bool stopped = !trial.stop_reason.empty();
    trial.ended_at = last.ended_at.value_or(observation.now);
    if (!stopped && !last.failure_class.empty()) {
        fail(trial, last.failure_class, last.reason, last.message);
        return trial;
    }
    if (last.objective.empty()) {
        fail(trial, last.failure_class.empty() ? "UserCode" : last.failure_class,
             stopped ? "EarlyStopped" : "ObjectiveMissing",
             stopped ? trial.message : "no value of the objective was seen");
        return trial;
    }
    if (!std::isfinite(std::strtod(last.objective.c_str(), nullptr))) {
        fail(trial, std::string(to_string(FailureClass::UserCode)), "NotFinite",
             "the objective came to " + last.objective);
        return trial;
    }
    trial.state = stopped ? TrialState::Stopped : TrialState::Completed;
    trial.value = last.objective;
    return trial;
}

// parallelTrials may have been lowered since the trial began.
bool may_start(const Observation& observation) {
    const auto open = static_cast<std::int64_t>(open_attempts(observation).size());
    return observation.missing.empty() && open < observation.resource->parallel_trials;
}

std::optional<Decision> begin(const Observation& observation, const TrialRow& trial) {
    if (const auto same = observation.reusable.find(trial.number);
        same != observation.reusable.end()) {
        TrialRow answered = trial;
        answered.state = TrialState::Completed;
        answered.value = same->second.value;
        answered.reused_from =
            same->second.experiment_uid + "/" + std::to_string(same->second.trial);
        answered.ended_at = observation.now;
        return conclude(observation, std::move(answered));
    }
    if (!may_start(observation)) {
        return std::nullopt;
    }
    return plan_attempt(observation, trial.number, 1, observation.spec->resources.memory);
}

// It ended well, or a rule gave it up.
bool needs_no_retry(const TrialRow& trial, const AttemptRow& last) {
    return last.failure_class.empty() || !trial.stop_reason.empty();
}

std::optional<Decision> proceed(const Observation& observation, const TrialRow& trial) {
    const auto attempts = attempts_of(observation, trial.number);
    if (attempts.empty()) {
        return begin(observation, trial);
    }
    const AttemptRow& last = attempts.back();
    if (last.stage < AttemptStage::Released) {
        return std::nullopt;
    }
    if (needs_no_retry(trial, last)) {
        return conclude(observation, ended(observation, trial, last));
    }
    if (const auto retry = retry_after(observation, attempts)) {
        return may_start(observation) ? std::optional(retry_now_or_later(observation, last, *retry))
                                      : std::nullopt;
    }
    return conclude(observation, ended(observation, trial, last));
}

} // namespace

// Before a cancel or a suspend is looked at: what a script came to is not thrown away.
std::optional<Decision> settle_step(const Observation& observation) {
    if (!observation.study) {
        return std::nullopt;
    }
    for (const TrialRow& trial : observation.history.trials) {
        const auto attempts = attempts_of(observation, trial.number);
        if (trial.state == TrialState::Running && !attempts.empty() &&
            attempts.back().stage >= AttemptStage::Released &&
            needs_no_retry(trial, attempts.back())) {
            return conclude(observation, ended(observation, trial, attempts.back()));
        }
    }
    return std::nullopt;
}

std::optional<Decision> continue_trials(const Observation& observation) {
    std::optional<Decision> waiting;
    for (const TrialRow& trial : observation.history.trials) {
        if (trial.state != TrialState::Running) {
            continue;
        }
        auto decision = proceed(observation, trial);
        if (decision && decision->effect) {
            return decision;
        }
        if (decision) {
            waiting = waiting ? both_waits(*std::move(waiting), *std::move(decision))
                              : std::move(decision);
        }
    }
    return waiting;
}

} // namespace pedigree::experiment

// A trial between its attempts: the first one, a retry, or the trial's end.

#include <nlohmann/json.hpp>

#include "experiment/search/step.h"
#include "experiment/steps/retry.h"
#include "pipeline/search/document/event_json.h"

namespace pedigree::experiment {
namespace {

// A value that is not a number: for the engine a kind of failure of its own.
const std::string not_finite = "NotFinite";

void fail(TrialRow& trial, FailureClass failure_class, std::string reason, std::string message) {
    trial.state = TrialState::Failed;
    trial.failure_class = failure_class;
    trial.failure_reason = std::move(reason);
    trial.message = std::move(message);
}

search::Told told_of(const TrialRow& trial) {
    search::Told told;
    told.trial = trial.number;
    told.outcome = trial.state == TrialState::Completed ? search::Outcome::Completed
                   : trial.state == TrialState::Stopped ? search::Outcome::Stopped
                                                        : search::Outcome::Failed;
    told.value = trial.value.empty() ? 0 : trial.value.number();
    if (trial.state == TrialState::Failed) {
        told.failure = trial.failure_reason == not_finite
                           ? not_finite
                           : std::string(to_string(trial.failure_class));
    }
    return told;
}

// The trial's end, what it means for the search, and its record.
Decision conclude(const Accepted& accepted, TrialRow trial) {
    std::string told = canonical_json(search::to_json(search::Event(told_of(trial))));
    Change change;
    change.experiment = accepted.row;
    change.derive_best = true;
    change.trials = {std::move(trial)};
    change.search_events = {std::move(told)};
    change.search_events_before =
        static_cast<std::int64_t>(accepted.seen.history.search_events.size());
    change.records = {RecordKind::TrialEnded};
    return commit_now("conclude", std::move(change), Phase::Running);
}

// From the attempt that decided it. A trial that a rule stopped counts as stopped, also when its
// script was quicker and ended well.
TrialRow ended(const Accepted& accepted, TrialRow trial, const AttemptRow& last) {
    const bool stopped = !trial.stop_reason.empty();
    trial.ended_at = last.ended_at.value_or(accepted.seen.now);
    if (!stopped && last.failure_class != FailureClass::None) {
        fail(trial, last.failure_class, last.reason, last.message);
        return trial;
    }
    if (last.objective.empty()) {
        fail(trial,
             last.failure_class == FailureClass::None ? FailureClass::UserCode : last.failure_class,
             stopped ? std::string(to_string(StopReason::EarlyStopped)) : "ObjectiveMissing",
             stopped ? trial.message : "no value of the objective was seen");
        return trial;
    }
    if (!last.objective.is_finite()) {
        fail(trial, FailureClass::UserCode, not_finite,
             "the objective came to " + last.objective.text());
        return trial;
    }
    trial.state = stopped ? TrialState::Stopped : TrialState::Completed;
    trial.value = last.objective;
    return trial;
}

// parallelTrials may have been lowered since the trial began.
bool may_start(const Accepted& accepted) {
    const auto open = static_cast<std::int64_t>(open_attempts(accepted).size());
    return accepted.seen.missing.empty() && open < accepted.seen.resource->parallel_trials;
}

std::optional<Decision> begin(const Accepted& accepted, const TrialRow& trial) {
    if (const auto same = accepted.seen.reusable.find(trial.number);
        same != accepted.seen.reusable.end()) {
        TrialRow answered = trial;
        answered.state = TrialState::Completed;
        answered.value = same->second.value;
        answered.reused_from =
            same->second.experiment_uid + "/" + std::to_string(same->second.trial);
        answered.ended_at = accepted.seen.now;
        return conclude(accepted, std::move(answered));
    }
    if (!may_start(accepted)) {
        return std::nullopt;
    }
    return plan_attempt(accepted, trial.number, 1, accepted.spec.resources.memory);
}

// It ended well, or a rule gave it up.
bool needs_no_retry(const TrialRow& trial, const AttemptRow& last) {
    return last.failure_class == FailureClass::None || !trial.stop_reason.empty();
}

std::optional<Decision> proceed(const Accepted& accepted, const TrialRow& trial) {
    const auto attempts = attempts_of(accepted, trial.number);
    if (attempts.empty()) {
        return begin(accepted, trial);
    }
    const AttemptRow& last = attempts.back();
    if (last.stage < AttemptStage::Released) {
        return std::nullopt;
    }
    if (needs_no_retry(trial, last)) {
        return conclude(accepted, ended(accepted, trial, last));
    }
    if (const auto retry = retry_after(accepted, attempts)) {
        return may_start(accepted) ? std::optional(retry_now_or_later(accepted, last, *retry))
                                   : std::nullopt;
    }
    return conclude(accepted, ended(accepted, trial, last));
}

} // namespace

// Before a cancel or a suspend is looked at: what a script came to is not thrown away.
std::optional<Decision> settle_step(const Accepted& accepted) {
    if (!accepted.seen.study) {
        return std::nullopt;
    }
    for (const TrialRow& trial : accepted.seen.history.trials) {
        const auto attempts = attempts_of(accepted, trial.number);
        if (trial.state == TrialState::Running && !attempts.empty() &&
            attempts.back().stage >= AttemptStage::Released &&
            needs_no_retry(trial, attempts.back())) {
            return conclude(accepted, ended(accepted, trial, attempts.back()));
        }
    }
    return std::nullopt;
}

std::optional<Decision> continue_trials(const Accepted& accepted) {
    std::optional<Decision> waiting;
    for (const TrialRow& trial : accepted.seen.history.trials) {
        if (trial.state != TrialState::Running) {
            continue;
        }
        auto decision = proceed(accepted, trial);
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

// New trials: the engine's, and smaller ones after trials that ran out of memory.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiment/search/step.h"
#include "experiment/search/trial_spec.h"
#include "pipeline/search/document/event_json.h"
#include "pipeline/search/smaller_batch.h"

namespace pedigree::experiment {
namespace {

Decision ask(const Observation& observation, const search::Suggestion& suggestion,
             std::int64_t derived_from) {
    TrialRow trial;
    trial.number = suggestion.trial;
    trial.parameters_json = canonical_json(search::to_json(suggestion.parameters));
    trial.reason_json = canonical_json(search::to_json(suggestion.reason));
    trial.repeats = suggestion.repeats.value_or(0);
    trial.derived_from = derived_from;
    trial.fingerprint = fingerprint_of(*observation.history.experiment, *observation.spec, trial);
    trial.proposed_at = observation.now;
    Json event = search::to_json(search::Event(search::asked_from(suggestion)));
    event["asked"]["reason"] = search::to_json(suggestion.reason);
    Change change;
    change.record_trial = trial.number;
    change.trials = {std::move(trial)};
    change.search_events = {canonical_json(event)};
    change.search_events_before =
        static_cast<std::int64_t>(observation.history.search_events.size());
    change.records = {RecordKind::TrialProposed};
    return commit_now("propose", std::move(change), Phase::Queued);
}

bool was_tried(const Observation& observation, const std::string& parameters_json) {
    const auto& trials = observation.history.trials;
    return std::any_of(trials.begin(), trials.end(), [&](const TrialRow& trial) {
        return trial.parameters_json == parameters_json;
    });
}

bool has_successor(const Observation& observation, std::int64_t number) {
    const auto& trials = observation.history.trials;
    return std::any_of(trials.begin(), trials.end(),
                       [&](const TrialRow& trial) { return trial.derived_from == number; });
}

} // namespace

std::optional<Decision> propose_trial(const Observation& observation) {
    const auto search = replay(observation);
    if (!search) {
        return finish_unreadable(observation, search.error());
    }
    const auto suggestions = (*search)->suggest(1);
    if (suggestions.empty()) {
        return std::nullopt;
    }
    return ask(observation, suggestions.front(), 0);
}

std::optional<Decision> derive_trial(const Observation& observation) {
    if (!observation.study->smaller_batch) {
        return std::nullopt;
    }
    for (const TrialRow& trial : observation.history.trials) {
        if (trial.failure_class != to_string(run::FailureClass::OutOfMemory) ||
            has_successor(observation, trial.number)) {
            continue;
        }
        const auto smaller = search::with_smaller_batch(*observation.study, parameters_of(trial));
        if (!smaller || was_tried(observation, canonical_json(search::to_json(*smaller)))) {
            continue;
        }
        search::Suggestion suggestion;
        suggestion.trial = static_cast<std::int64_t>(observation.history.trials.size()) + 1;
        suggestion.parameters = *smaller;
        suggestion.reason = {.proposed_by = "SmallerBatch", .parents = {trial.number}};
        return ask(observation, suggestion, trial.number);
    }
    return std::nullopt;
}

} // namespace pedigree::experiment

// New trials: the engine's, and smaller ones after trials that ran out of memory.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiment/search/step.h"
#include "experiment/search/trial_spec.h"
#include "pipeline/search/document/event_json.h"
#include "pipeline/search/smaller_batch.h"

namespace pedigree::experiment {
namespace {

Decision ask(const Accepted& accepted, const search::Suggestion& suggestion,
             std::int64_t derived_from) {
    TrialRow trial;
    trial.number = suggestion.trial;
    trial.parameters_json = canonical_json(search::to_json(suggestion.parameters));
    trial.reason_json = canonical_json(search::to_json(suggestion.reason));
    trial.repeats = suggestion.repeats.value_or(0);
    trial.derived_from = derived_from;
    trial.fingerprint = fingerprint_of(accepted.row, accepted.spec, trial);
    trial.proposed_at = accepted.seen.now;
    Json event = search::to_json(search::Event(search::asked_from(suggestion)));
    event["asked"]["reason"] = search::to_json(suggestion.reason);
    Change change;
    change.record_trial = trial.number;
    change.trials = {std::move(trial)};
    change.search_events = {canonical_json(event)};
    change.search_events_before =
        static_cast<std::int64_t>(accepted.seen.history.search_events.size());
    change.records = {RecordKind::TrialProposed};
    return commit_now("propose", std::move(change), Phase::Queued);
}

bool was_tried(const Accepted& accepted, const std::string& parameters_json) {
    const auto& trials = accepted.seen.history.trials;
    return std::any_of(trials.begin(), trials.end(), [&](const TrialRow& trial) {
        return trial.parameters_json == parameters_json;
    });
}

bool has_successor(const Accepted& accepted, std::int64_t number) {
    const auto& trials = accepted.seen.history.trials;
    return std::any_of(trials.begin(), trials.end(),
                       [&](const TrialRow& trial) { return trial.derived_from == number; });
}

} // namespace

std::optional<Decision> propose_trial(const Accepted& accepted) {
    const auto& search = accepted.seen.search;
    if (!search || !search->suggestion) {
        return std::nullopt;
    }
    return ask(accepted, *search->suggestion, 0);
}

std::optional<Decision> derive_trial(const Accepted& accepted) {
    if (!accepted.seen.study->smaller_batch) {
        return std::nullopt;
    }
    for (const TrialRow& trial : accepted.seen.history.trials) {
        if (trial.failure_class != FailureClass::OutOfMemory ||
            has_successor(accepted, trial.number)) {
            continue;
        }
        const auto smaller = search::with_smaller_batch(*accepted.seen.study, parameters_of(trial));
        if (!smaller || was_tried(accepted, canonical_json(search::to_json(*smaller)))) {
            continue;
        }
        search::Suggestion suggestion;
        suggestion.trial = static_cast<std::int64_t>(accepted.seen.history.trials.size()) + 1;
        suggestion.parameters = *smaller;
        suggestion.reason = {.proposed_by = "SmallerBatch", .parents = {trial.number}};
        return ask(accepted, suggestion, trial.number);
    }
    return std::nullopt;
}

} // namespace pedigree::experiment

#pragma once
// What a search decides beside its attempts, in the order in which search_step() asks. Each either
// says what happens now or, with nullopt, that it has nothing to do.

#include <optional>
#include <string>

#include "experiment/steps/step.h"
#include "pipeline/search/search.h"

namespace pedigree::experiment {

// The engine as the recorded events leave it, or after one more; it lives until the next call.
// Corrupt: they are not this study's.
Result<search::Search*> replay(const Observation& observation,
                               const std::optional<std::string>& next = std::nullopt);

// What running scripts logged since the last look becomes events; a rule may stop their trials.
std::optional<Decision> judge_trials(const Observation& observation);
// What an attempt logged after the last look, up to its end: others are compared with it later on.
void add_missing_reports(const Observation& observation, const AttemptRow& attempt,
                         const std::vector<ObjectivePoint>& points, Change& change);
// The first attempt of a trial, the next one, or its end.
std::optional<Decision> continue_trials(const Observation& observation);
// A trial with a smaller batch, after one that ran out of memory.
std::optional<Decision> derive_trial(const Observation& observation);
// The engine's next trial.
std::optional<Decision> propose_trial(const Observation& observation);

// Trials that are to end in all: maxTrials, and those that replace failed ones.
std::int64_t wanted_trials(const Observation& observation);
std::int64_t ended_trials(const Observation& observation);
std::int64_t running_trials(const Observation& observation);
// Why no further trial would help, however it ends: a trial that failed by configuration.
const TrialRow* hopeless_trial(const Observation& observation);
// "5 of 12 trials ended, 3 running; best val_accuracy 0.91 (trial 4)"
std::string search_words(const Observation& observation);

} // namespace pedigree::experiment

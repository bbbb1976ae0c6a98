#pragma once
// What a search decides beside its attempts, in the order in which search_step() asks. Each either
// says what happens now or, with nullopt, that it has nothing to do.

#include <optional>
#include <string>

#include "experiment/steps/step.h"

namespace pedigree::experiment {

// Whether a further trial may begin now: then the engine is to be asked for one (engine.h).
bool wants_trial(const Accepted& accepted);

// What running scripts logged since the last look becomes events; a rule may stop their trials.
std::optional<Decision> judge_trials(const Accepted& accepted);
// What an attempt logged after the last look, up to its end: others are compared with it later on.
void add_missing_reports(const Accepted& accepted, const AttemptRow& attempt,
                         const std::vector<ObjectivePoint>& points, Change& change);
// The first attempt of a trial, the next one, or its end.
std::optional<Decision> continue_trials(const Accepted& accepted);
// A trial with a smaller batch, after one that ran out of memory.
std::optional<Decision> derive_trial(const Accepted& accepted);
// The engine's next trial.
std::optional<Decision> propose_trial(const Accepted& accepted);

// Trials that are to end in all: maxTrials, and those that replace failed ones.
std::int64_t wanted_trials(const Observation& observation);
std::int64_t ended_trials(const Observation& observation);
std::int64_t running_trials(const Observation& observation);
// Why no further trial would help, however it ends: a trial that failed by configuration.
const TrialRow* hopeless_trial(const Accepted& accepted);
// "5 of 12 trials ended, 3 running; best val_accuracy 0.91 (trial 4)"
std::string search_words(const Accepted& accepted);

} // namespace pedigree::experiment

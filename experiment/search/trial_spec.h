#pragma once
// What one trial of a search runs: the Experiment's spec with the trial's parameters, and what
// makes two trials the same. Pure.

#include <map>
#include <string>

#include "experiment/history.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::experiment {

// What was proposed for it.
std::map<std::string, spec::ParameterValue> parameters_of(const TrialRow& trial);

// Parameters that the search chooses but this trial does not have (their `when` does not hold) are
// absent, also where spec.parameters gives the first trial's value.
spec::ExperimentSpec spec_of_trial(const spec::ExperimentSpec& spec, const TrialRow& trial);

// sha256 of everything that decides what a trial comes to: namespace and project, image, inputs,
// command, parameters and how they are handed over, seed, objective.
std::string fingerprint_of(const ExperimentRow& experiment, const spec::ExperimentSpec& spec,
                           const TrialRow& trial);

} // namespace pedigree::experiment

#pragma once
// The trials of one Experiment as the read API lists them (docs/spec/trials.md): the rows of its
// search joined with the attempts that ran them. An Experiment without a search has one trial, made
// of its spec's parameters. What is not there is null. Pure.

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "experiment/history.h"

namespace pedigree::control {

// Ids of tracker runs by the pod uid of the attempt that made them.
using RunsByPod = std::map<std::string, std::vector<std::string>>;

// Uses the history's experiment (which must be there), attempts and trials. Corrupt: a row holds
// what is no JSON.
Result<Json> trial_list(const experiment::History& history, const RunsByPod& runs);

} // namespace pedigree::control

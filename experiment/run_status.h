#pragma once
// How an attempt's end reads as the status of the runs that it left open, in MLflow's words
// (RunStatus): what ended it from outside is KILLED, what its code did is FAILED. Pure.

#include <string>

#include "experiment/history.h"

namespace pedigree::experiment {

std::string run_status(const AttemptRow& attempt);

// Whether a run still stands open by what its script last said of it: nothing, or RUNNING.
bool is_left_open(const std::string& script_status);

} // namespace pedigree::experiment

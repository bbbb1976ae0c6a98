#pragma once
// The entries of the section "tried" (lineage/tried.h), made from the attributes that the ledger
// has of Trials and Experiments. Pure.

#include <string>
#include <vector>

#include "base/json.h"

namespace pedigree::lineage {

// What is not there, or was erased, is empty.
Json parameters_of(const Json& trial_attributes);

// `own`: the parameters of the trial that the answer is about; of these only others are listed.
Json tried_trial(const std::string& id, const Json& attributes, const Json& own);
Json tried_experiment(const std::string& id, const Json& attributes);

// {state: number of trials}
Json counts_by_state(const std::vector<Json>& trials);
// Those with a value first, as the goal (Maximize, Minimize) says; else, and without a known goal,
// by number.
void order_best_first(std::vector<Json>& trials, const std::string& goal);

} // namespace pedigree::lineage

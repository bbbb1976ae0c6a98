#pragma once
// What ran, of a trace's answer: for each Experiment its command and seed, for each attempt how it
// ended, its parameters, its hardware, and the last metrics of its runs. The tree shows how things
// hang together; this is what somebody wants to know of a model first. Pure.

#include <string>

#include "base/json.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

constexpr std::size_t attempts_told_max = 5; // of an Experiment; -o json has all

// Below a heading; empty: no attempt is among the nodes. `trials`, if they are of this Experiment,
// say how long each took.
std::string ran_text(const Json& answer, const TrialList& trials, Instant now);

// The answer with the texts that are JSON (spec, parameters, metrics, hardware, why) as values.
Json with_values(Json answer);

} // namespace pedigree::cli

#pragma once
// The status of an Experiment as a projection of its history and the decision at hand: nothing is
// kept in it that PostgreSQL does not know better. Pure. Bounded: counters, conditions, one
// message.

#include "base/json.h"
#include "experiment/observation.h"

namespace pedigree::experiment {

constexpr std::size_t message_characters_max = 1000;

// The whole status document. Times of conditions that did not change are taken from the old status.
Json project_status(const Observation& observation, const Decision& decision);

} // namespace pedigree::experiment

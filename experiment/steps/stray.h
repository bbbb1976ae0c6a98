#pragma once
// Stray: a Job or a pod that says it is this Experiment's, and that no row knows. PostgreSQL was
// put back to before it, or a pod lost its Job before it was seen. Whatever it trains is recorded
// by nobody, and a cancellation does not reach it, so it is ended at once. Pure.

#include <vector>

#include "experiment/observation.h"

namespace pedigree::experiment {

// Name the Experiment as their controller, carry our labels and an intent's nonce, and are no
// attempt's own. Anybody may write all that: it is enough to end them, never to believe them.
std::vector<const JobSeen*> stray_jobs(const Observation& observation);

// Carry our labels, live, and are neither a Job's nor an attempt's.
std::vector<const PodSeen*> stray_pods(const Observation& observation);

// The one among them that by its name is of an attempt whose pod was not seen yet; nullptr: none.
const PodSeen* left_pod_of(const Observation& observation, const AttemptRow& attempt);

} // namespace pedigree::experiment

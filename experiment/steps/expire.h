#pragma once
// Finished Jobs stay for a while, for whoever wants to look at their pods; then they go.

#include <optional>

#include "experiment/steps/step.h"

namespace pedigree::experiment {

struct Expiry {
    std::optional<Decision> now; // a Job to delete, or those that are gone
    std::optional<Instant> next; // when the next one is due
};
Expiry expire_jobs(const Observation& observation);

} // namespace pedigree::experiment

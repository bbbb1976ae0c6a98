#include "experiment/steps/step.h"

namespace pedigree::experiment {

std::optional<Decision> hold_step(const Observation& observation) {
    const bool deleting = observation.resource && observation.resource->deleting_since;
    if (deleting) {
        return finish_now(observation, Outcome::Cancelled, "Cancelled", "Deleted",
                          "the Experiment was deleted; its record stays");
    }
    if (observation.resource && observation.resource->cancel) {
        return finish_now(observation, Outcome::Cancelled, "Cancelled", "Cancelled",
                          "cancelled by spec.cancel");
    }
    if (observation.resource && observation.resource->suspend) {
        return wait(Phase::Suspended, "Suspended",
                    "suspended by spec.suspend; set it to false to go on");
    }
    return std::nullopt;
}

} // namespace pedigree::experiment

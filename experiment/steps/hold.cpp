#include "experiment/steps/step.h"

namespace pedigree::experiment {

std::optional<Decision> hold_step(const Accepted& accepted) {
    const bool deleting = accepted.seen.resource && accepted.seen.resource->deleting_since;
    if (deleting) {
        return finish_now(accepted, Outcome::Cancelled, FailureClass::Cancelled,
                          std::string(to_string(StopReason::Deleted)),
                          "the Experiment was deleted; its record stays");
    }
    if (accepted.seen.resource && accepted.seen.resource->cancel) {
        return finish_now(accepted, Outcome::Cancelled, FailureClass::Cancelled,
                          std::string(to_string(StopReason::Cancelled)),
                          "cancelled by spec.cancel");
    }
    if (accepted.seen.resource && accepted.seen.resource->suspend) {
        return wait(Phase::Suspended, std::string(to_string(StopReason::Suspended)),
                    "suspended by spec.suspend; set it to false to go on");
    }
    return std::nullopt;
}

} // namespace pedigree::experiment

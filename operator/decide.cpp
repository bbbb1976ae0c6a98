#include "operator/observation.h"
#include "operator/steps/step.h"

namespace pedigree::control {

Decision decide(const Observation& observation) {
    for (const auto step : {remove_step, accept_step, attempt_step, finish_step, hold_step,
                            resolve_step, build_step, tracker_step, launch_step}) {
        if (auto decision = step(observation)) {
            for (const std::string& warning : observation.warnings) { // behind what is said anyway
                decision->message += (decision->message.empty() ? "" : "; ") + warning;
            }
            return *std::move(decision);
        }
    }
    return wait(Phase::Pending, "Nothing", "");
}

} // namespace pedigree::control

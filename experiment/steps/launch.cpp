// The one trial of an Experiment without a search: its first attempt, its retries, its end.

#include "experiment/steps/retry.h"

namespace pedigree::experiment {

std::optional<Decision> launch_step(const Observation& observation) {
    const AttemptRow* last = last_attempt(observation);
    if (last != nullptr && last->failure_class.empty()) {
        return finish_now(observation, Outcome::Succeeded, "", "Completed",
                          "trained, recorded and sealed in attempt " +
                              std::to_string(last->number));
    }
    if (!observation.missing.empty()) {
        const Problem& first = observation.missing.front();
        return finish_now(observation, Outcome::Failed, "Configuration", first.reason,
                          first.message);
    }
    if (last == nullptr) {
        return plan_attempt(observation, 1, 1, observation.spec->resources.memory);
    }
    const auto retry = retry_after(observation, observation.history.attempts);
    if (retry) {
        return retry_now_or_later(observation, *last, *retry);
    }
    const bool cancelled = last->failure_class == to_string(run::FailureClass::Cancelled);
    return finish_now(observation, cancelled ? Outcome::Cancelled : Outcome::Failed,
                      last->failure_class, last->reason, last->message);
}

} // namespace pedigree::experiment

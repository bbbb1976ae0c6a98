// The one trial of an Experiment without a search: its first attempt, its retries, its end.

#include "experiment/status/condition.h"
#include "experiment/steps/retry.h"

namespace pedigree::experiment {

std::optional<Decision> launch_step(const Accepted& accepted) {
    const AttemptRow* last = last_attempt(accepted);
    if (last != nullptr && last->failure_class == FailureClass::None) {
        return finish_now(accepted, Outcome::Succeeded, FailureClass::None,
                          std::string(to_string(ConditionReason::Completed)),
                          "trained, recorded and sealed in attempt " +
                              std::to_string(last->number));
    }
    if (!accepted.seen.missing.empty()) {
        const Problem& first = accepted.seen.missing.front();
        return finish_now(accepted, Outcome::Failed, FailureClass::Configuration, first.reason,
                          first.message);
    }
    if (last == nullptr) {
        return plan_attempt(accepted, 1, 1, accepted.spec.resources.memory);
    }
    const auto retry = retry_after(accepted, accepted.seen.history.attempts);
    if (retry) {
        return retry_now_or_later(accepted, *last, *retry);
    }
    const bool cancelled = last->failure_class == FailureClass::Cancelled;
    return finish_now(accepted, cancelled ? Outcome::Cancelled : Outcome::Failed,
                      last->failure_class, last->reason, last->message);
}

} // namespace pedigree::experiment

#include <algorithm>

#include "operator/names.h"
#include "operator/steps/step.h"

namespace pedigree::control {
namespace {

constexpr std::chrono::seconds retry_wait_first{5};
constexpr std::chrono::seconds retry_wait_max{300};

Decision plan_attempt(const Observation& observation, std::int64_t number, std::string memory) {
    const ExperimentRow& experiment = *observation.history.experiment;
    AttemptRow attempt;
    attempt.number = number;
    attempt.job_name = job_name(experiment.uid, attempt.trial, number);
    attempt.memory = std::move(memory);
    attempt.planned_at = observation.now;
    Change change;
    change.attempts = {attempt};
    change.intents = {{"job.create", attempt.job_name, true}};
    return commit_now("plan", std::move(change), Phase::Queued);
}

// The verdict of an attempt, as run:: speaks of it.
run::Verdict verdict_of(const AttemptRow& attempt) {
    run::Verdict verdict;
    verdict.failure_class = run::failure_class_from(attempt.failure_class)
                                .value_or(run::FailureClass::Infrastructure);
    verdict.reason = attempt.reason;
    verdict.message = attempt.message;
    verdict.exit_code = attempt.exit_code;
    return verdict;
}

run::TriesSoFar count_tries(const std::vector<AttemptRow>& attempts) {
    run::TriesSoFar tries;
    for (const AttemptRow& attempt : attempts) {
        const auto failure_class = run::failure_class_from(attempt.failure_class);
        tries.infrastructure += failure_class == run::FailureClass::Infrastructure;
        tries.out_of_memory += failure_class == run::FailureClass::OutOfMemory;
        tries.user_code += failure_class == run::FailureClass::UserCode;
    }
    return tries;
}

// How long to let the trouble pass before the next attempt: doubled with each retry in a row.
std::chrono::seconds retry_wait(const std::vector<AttemptRow>& attempts) {
    std::chrono::seconds pause = retry_wait_first;
    for (std::size_t i = 1; i < attempts.size() && pause < retry_wait_max; ++i) {
        pause *= 2;
    }
    return std::min(pause, retry_wait_max);
}

Decision after_failure(const Observation& observation, const AttemptRow& last) {
    const auto& attempts = observation.history.attempts;
    const run::Verdict verdict = verdict_of(last);
    const run::Next next = run::next_after(verdict, count_tries(attempts), last.memory,
                                           observation.spec->retries);
    if (next.step == run::NextStep::Stop) {
        const Outcome outcome = verdict.failure_class == run::FailureClass::Cancelled
                                    ? Outcome::Cancelled
                                    : Outcome::Failed;
        return finish_now(observation, outcome, last.failure_class, last.reason, last.message);
    }
    const Instant due = last.ended_at.value_or(observation.now) + retry_wait(attempts);
    if (observation.now < due) {
        return wait(Phase::Queued, "Retrying", next.why + ": " + last.message,
                    std::chrono::ceil<std::chrono::milliseconds>(due - observation.now));
    }
    const bool more = next.step == run::NextStep::RetryWithMoreMemory;
    return plan_attempt(observation, last.number + 1, more ? next.memory : last.memory);
}

} // namespace

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
        return plan_attempt(observation, 1, observation.spec->resources.memory);
    }
    if (last->reason == "Suspended") { // resumed: nothing failed, nothing is counted
        return plan_attempt(observation, last->number + 1, last->memory);
    }
    return after_failure(observation, *last);
}

} // namespace pedigree::control

#include "experiment/steps/retry.h"

#include <algorithm>

#include "base/backoff.h"
#include "records/names.h"

namespace pedigree::experiment {
namespace {

constexpr std::chrono::seconds retry_wait_first{5};
constexpr std::chrono::seconds retry_wait_max{300};

// The verdict of an attempt, as run:: speaks of it.
run::Verdict verdict_of(const AttemptRow& attempt) {
    run::Verdict verdict;
    verdict.failure_class = attempt.failure_class;
    verdict.reason = attempt.reason;
    verdict.message = attempt.message;
    verdict.exit_code = attempt.exit_code;
    return verdict;
}

run::TriesSoFar count_tries(const std::vector<AttemptRow>& attempts) {
    run::TriesSoFar tries;
    for (const AttemptRow& attempt : attempts) {
        tries.infrastructure += attempt.failure_class == FailureClass::Infrastructure;
        tries.out_of_memory += attempt.failure_class == FailureClass::OutOfMemory;
        tries.user_code += attempt.failure_class == FailureClass::UserCode;
    }
    return tries;
}

// How long to let the trouble pass before the next attempt: doubled with each retry in a row.
std::chrono::milliseconds retry_wait(const std::vector<AttemptRow>& attempts) {
    return back_off(static_cast<std::int64_t>(attempts.size()),
                    {.first = retry_wait_first, .ceiling = retry_wait_max});
}

} // namespace

std::vector<AttemptRow> attempts_of(const Observation& observation, std::int64_t trial) {
    std::vector<AttemptRow> attempts;
    std::copy_if(observation.history.attempts.begin(), observation.history.attempts.end(),
                 std::back_inserter(attempts),
                 [&](const AttemptRow& attempt) { return attempt.trial == trial; });
    return attempts;
}

std::optional<Retry> retry_after(const Accepted& accepted,
                                 const std::vector<AttemptRow>& attempts) {
    const AttemptRow& last = attempts.back();
    if (last.stop_reason == StopReason::Suspended) { // resumed: nothing failed, nothing is counted
        return Retry{last.memory, "resumed", accepted.seen.now};
    }
    const run::Next next = run::next_after(verdict_of(last), count_tries(attempts), last.memory,
                                           accepted.spec.retries);
    if (next.step == run::NextStep::Stop) {
        return std::nullopt;
    }
    const bool more = next.step == run::NextStep::RetryWithMoreMemory;
    return Retry{more ? next.memory : last.memory, next.why,
                 last.ended_at.value_or(accepted.seen.now) + retry_wait(attempts)};
}

Decision plan_attempt(const Accepted& accepted, std::int64_t trial, std::int64_t number,
                      std::string memory) {
    const ExperimentRow& experiment = accepted.row;
    AttemptRow attempt;
    attempt.trial = trial;
    attempt.number = number;
    attempt.job_name = records::job_name(experiment.uid, trial, number);
    attempt.memory = std::move(memory);
    attempt.store_prefix = accepted.seen.store_prefix;
    attempt.planned_at = accepted.seen.now;
    Change change;
    change.attempts = {attempt};
    change.intents = {{"job.create", attempt.job_name, true, accepted.seen.nonce}};
    return commit_now("plan", std::move(change), Phase::Queued);
}

Decision retry_now_or_later(const Accepted& accepted, const AttemptRow& last, const Retry& retry) {
    if (accepted.seen.now < retry.due) {
        return wait(Phase::Queued, "Retrying", retry.why + ": " + last.message,
                    std::chrono::ceil<std::chrono::milliseconds>(retry.due - accepted.seen.now));
    }
    return plan_attempt(accepted, last.trial, last.number + 1, retry.memory);
}

} // namespace pedigree::experiment

#include "experiment/search/step.h"

#include <algorithm>

#include <fmt/format.h>

#include "experiment/status/condition.h"
#include "experiment/steps/attempt.h"
#include "experiment/steps/expire.h"

namespace pedigree::experiment {
namespace {

std::int64_t count(const Observation& observation, TrialState state) {
    const auto& trials = observation.history.trials;
    return std::count_if(trials.begin(), trials.end(),
                         [&](const TrialRow& trial) { return trial.state == state; });
}

Decision finish_search(const Accepted& accepted) {
    if (accepted.seen.history.trials.empty()) {
        return finish_now(accepted, Outcome::Failed, FailureClass::Configuration, "NoTrialProposed",
                          "no point of the space was found that search.constraints allow; widen "
                          "them or narrow the space");
    }
    if (const TrialRow* hopeless = hopeless_trial(accepted)) {
        return finish_now(accepted, Outcome::Failed, hopeless->failure_class,
                          hopeless->failure_reason, hopeless->message);
    }
    if (accepted.row.best_trial > 0) {
        const bool all = ended_trials(accepted) >= wanted_trials(accepted);
        return finish_now(accepted, Outcome::Succeeded, FailureClass::None,
                          std::string(to_string(ConditionReason::Completed)),
                          search_words(accepted) + (all ? "" : "; the space has no further point"));
    }
    const TrialRow& last = accepted.seen.history.trials.back();
    return finish_now(accepted, Outcome::Failed, last.failure_class, "NoTrialSucceeded",
                      fmt::format("none of {} trials came to a value; the last one: {}",
                                  accepted.seen.history.trials.size(), last.message));
}

bool has_room(const Accepted& accepted) {
    return running_trials(accepted) < accepted.seen.resource->parallel_trials &&
           static_cast<std::int64_t>(accepted.seen.history.trials.size()) <
               wanted_trials(accepted) &&
           hopeless_trial(accepted) == nullptr;
}

// Nobody wants it to stop, or to hold, or not to begin.
bool goes_on(const Accepted& accepted) {
    return accepted.seen.study && accepted.seen.resource && accepted.row.outcome == Outcome::None;
}

} // namespace

bool wants_trial(const Accepted& accepted) {
    return goes_on(accepted) && !stop_wanted(accepted) && accepted.seen.missing.empty() &&
           has_room(accepted);
}

std::int64_t wanted_trials(const Observation& observation) {
    const std::int64_t replaced =
        std::min(count(observation, TrialState::Failed), observation.study->max_failed_trials);
    return observation.history.experiment->max_trials + replaced;
}

std::int64_t running_trials(const Observation& observation) {
    return count(observation, TrialState::Running);
}

std::int64_t ended_trials(const Observation& observation) {
    return static_cast<std::int64_t>(observation.history.trials.size()) -
           running_trials(observation);
}

// Without any value the first such failure is enough: the next trial would end the same way. With
// one, something has changed meanwhile if several in a row fail so.
const TrialRow* hopeless_trial(const Accepted& accepted) {
    constexpr int in_a_row_max = 3;
    const int allowed = accepted.row.best_trial > 0 ? in_a_row_max : 1;
    std::vector<const TrialRow*> ended;
    for (const TrialRow& trial : accepted.seen.history.trials) {
        if (trial.state != TrialState::Running) {
            ended.push_back(&trial);
        }
    }
    std::stable_sort(ended.begin(), ended.end(), [](const TrialRow* left, const TrialRow* right) {
        return left->ended_at < right->ended_at;
    });
    int in_a_row = 0;
    for (const TrialRow* trial : ended) {
        const bool misconfigured = trial->failure_class == FailureClass::Configuration;
        in_a_row = misconfigured ? in_a_row + 1 : 0;
        if (in_a_row >= allowed) {
            return trial;
        }
    }
    return nullptr;
}

std::string search_words(const Accepted& accepted) {
    const ExperimentRow& row = accepted.row;
    std::string words =
        fmt::format("{} of {} trials ended", ended_trials(accepted), wanted_trials(accepted));
    if (const auto running = running_trials(accepted); running > 0) {
        words += fmt::format(", {} running", running);
    }
    if (const auto failed = count(accepted, TrialState::Failed); failed > 0) {
        words += fmt::format(", {} failed", failed);
    }
    if (row.best_trial > 0) {
        words += fmt::format("; best {} {} (trial {})", accepted.seen.study->objective.metric,
                             row.best_value.text(), row.best_trial);
    }
    return words;
}

// Also asked while attempts are open; then it only says what there is to do beside them. News comes
// last: there may always be some, and what ends must not wait for it.
std::optional<Decision> search_step(const Accepted& accepted) {
    const bool open = !open_attempts(accepted).empty();
    if (!goes_on(accepted) || (open && stop_wanted(accepted))) {
        return std::nullopt;
    }
    if (accepted.seen.search && accepted.seen.search->unreadable) {
        return finish_unreadable(accepted, *accepted.seen.search->unreadable);
    }
    auto waiting = continue_trials(accepted);
    if (waiting && waiting->effect) {
        return waiting;
    }
    if (auto expired = expire_jobs(accepted).now) {
        return expired;
    }
    const bool more = has_room(accepted);
    const bool idle = !open && (more || running_trials(accepted) > 0);
    if (!accepted.seen.missing.empty() && idle) {
        const Problem& first = accepted.seen.missing.front();
        return finish_now(accepted, Outcome::Failed, FailureClass::Configuration, first.reason,
                          first.message);
    }
    if (more && accepted.seen.missing.empty()) {
        for (const auto next : {derive_trial, propose_trial}) {
            if (auto trial = next(accepted)) {
                return trial;
            }
        }
    }
    if (auto decision = judge_trials(accepted)) {
        return decision;
    }
    return open || running_trials(accepted) > 0 ? waiting : finish_search(accepted);
}

} // namespace pedigree::experiment

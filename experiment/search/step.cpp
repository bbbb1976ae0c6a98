#include "experiment/search/step.h"

#include <algorithm>

#include <fmt/format.h>

#include "experiment/steps/attempt.h"
#include "experiment/steps/expire.h"

namespace pedigree::experiment {
namespace {

std::int64_t count(const Observation& observation, TrialState state) {
    const auto& trials = observation.history.trials;
    return std::count_if(trials.begin(), trials.end(),
                         [&](const TrialRow& trial) { return trial.state == state; });
}

Decision finish_search(const Observation& observation) {
    if (observation.history.trials.empty()) {
        return finish_now(observation, Outcome::Failed, "Configuration", "NoTrialProposed",
                          "no point of the space was found that search.constraints allow; widen "
                          "them or narrow the space");
    }
    if (const TrialRow* hopeless = hopeless_trial(observation)) {
        return finish_now(observation, Outcome::Failed, hopeless->failure_class,
                          hopeless->failure_reason, hopeless->message);
    }
    if (observation.history.experiment->best_trial > 0) {
        const bool all = ended_trials(observation) >= wanted_trials(observation);
        return finish_now(observation, Outcome::Succeeded, "", "Completed",
                          search_words(observation) +
                              (all ? "" : "; the space has no further point"));
    }
    const TrialRow& last = observation.history.trials.back();
    return finish_now(observation, Outcome::Failed, last.failure_class, "NoTrialSucceeded",
                      fmt::format("none of {} trials came to a value; the last one: {}",
                                  observation.history.trials.size(), last.message));
}

bool has_free_slot(const Observation& observation) {
    return running_trials(observation) < observation.resource->parallel_trials &&
           static_cast<std::int64_t>(observation.history.trials.size()) <
               wanted_trials(observation);
}

} // namespace

Result<search::Search*> replay(const Observation& observation,
                               const std::optional<std::string>& next) {
    return observation.replay->at(*observation.study, observation.earlier,
                                  observation.history.search_events, next);
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
const TrialRow* hopeless_trial(const Observation& observation) {
    constexpr int in_a_row_max = 3;
    const int allowed = observation.history.experiment->best_trial > 0 ? in_a_row_max : 1;
    std::vector<const TrialRow*> ended;
    for (const TrialRow& trial : observation.history.trials) {
        if (trial.state != TrialState::Running) {
            ended.push_back(&trial);
        }
    }
    std::stable_sort(ended.begin(), ended.end(), [](const TrialRow* left, const TrialRow* right) {
        return left->ended_at < right->ended_at;
    });
    int in_a_row = 0;
    for (const TrialRow* trial : ended) {
        const bool misconfigured =
            trial->failure_class == to_string(run::FailureClass::Configuration);
        in_a_row = misconfigured ? in_a_row + 1 : 0;
        if (in_a_row >= allowed) {
            return trial;
        }
    }
    return nullptr;
}

std::string search_words(const Observation& observation) {
    const ExperimentRow& row = *observation.history.experiment;
    std::string words =
        fmt::format("{} of {} trials ended", ended_trials(observation), wanted_trials(observation));
    if (const auto running = running_trials(observation); running > 0) {
        words += fmt::format(", {} running", running);
    }
    if (const auto failed = count(observation, TrialState::Failed); failed > 0) {
        words += fmt::format(", {} failed", failed);
    }
    if (row.best_trial > 0) {
        words += fmt::format("; best {} {} (trial {})", observation.study->objective.metric,
                             row.best_value, row.best_trial);
    }
    return words;
}

// Also asked while attempts are open; then it only says what there is to do beside them. News comes
// last: there may always be some, and what ends must not wait for it.
std::optional<Decision> search_step(const Observation& observation) {
    const bool open = !open_attempts(observation).empty();
    if (!observation.study || !observation.resource ||
        observation.history.experiment->outcome != Outcome::None ||
        (open && stop_wanted(observation))) {
        return std::nullopt;
    }
    auto waiting = continue_trials(observation);
    if (waiting && waiting->effect) {
        return waiting;
    }
    if (auto expired = expire_jobs(observation).now) {
        return expired;
    }
    const bool more = has_free_slot(observation) && hopeless_trial(observation) == nullptr;
    const bool idle = !open && (more || running_trials(observation) > 0);
    if (!observation.missing.empty() && idle) {
        const Problem& first = observation.missing.front();
        return finish_now(observation, Outcome::Failed, "Configuration", first.reason,
                          first.message);
    }
    if (more && observation.missing.empty()) {
        for (const auto next : {derive_trial, propose_trial}) {
            if (auto trial = next(observation)) {
                return trial;
            }
        }
    }
    if (auto decision = judge_trials(observation)) {
        return decision;
    }
    return open || running_trials(observation) > 0 ? waiting : finish_search(observation);
}

} // namespace pedigree::experiment

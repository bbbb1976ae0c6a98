#include "experiment/observation.h"
#include "experiment/search/step.h"
#include "experiment/steps/attempt.h"

namespace pedigree::experiment {

namespace {

constexpr std::chrono::milliseconds objective_look_every{2000};

// The attempts that are open. In a search other trials go on beside those that only wait.
std::optional<Decision> run_step(const Accepted& accepted) {
    auto waiting = attempt_step(accepted);
    if (!waiting || waiting->effect || !accepted.seen.study) {
        return waiting;
    }
    for (const auto step : {extend_step, search_step}) {
        auto beside = step(accepted);
        if (beside && beside->effect) {
            return beside;
        }
        if (beside) {
            waiting = both_waits(*std::move(waiting), *std::move(beside));
        }
    }
    if (waiting->phase == Phase::Running && !stop_wanted(accepted)) {
        waiting->reason = "Searching";
        waiting->message = search_words(accepted);
        if (!accepted.seen.missing.empty()) {
            waiting->message +=
                "; no further trial begins: " + accepted.seen.missing.front().message;
        }
        // What scripts log comes as rows, and nobody calls.
        waiting->look_again =
            std::min(waiting->look_again.value_or(objective_look_every), objective_look_every);
    }
    return waiting;
}

// What was accepted cannot be read, most likely since a newer version wrote it: nothing is done on
// a guess, and the version that can read it goes on. What a person may want all the same, to end
// it, is carried out by the steps behind this one, for which it asks for nothing.
std::optional<Decision> unreadable_step(const Accepted& accepted) {
    const auto& invalid = accepted.seen.invalid;
    if (invalid.empty() || stop_wanted(accepted)) {
        return std::nullopt;
    }
    return wait(Phase::Running, invalid.front().reason, invalid.front().message);
}

std::optional<Decision> first_of(const Accepted& accepted) {
    const auto next_step = accepted.seen.study ? search_step : launch_step;
    for (const auto step :
         {refused_step, pin_step, unreadable_step, run_step, extend_step, finish_step, settle_step,
          hold_step, resolve_step, build_step, imports_step, tracker_step, next_step}) {
        if (auto decision = step(accepted)) {
            return decision;
        }
    }
    return std::nullopt;
}

std::optional<Decision> first_of(const Observation& observation) {
    for (const auto step : {stray_step, remove_step, lost_step, accept_step}) {
        if (auto decision = step(observation)) {
            return decision;
        }
    }
    static const spec::ExperimentSpec unreadable;
    return first_of(Accepted{observation, *observation.history.experiment,
                             observation.spec ? *observation.spec : unreadable});
}

} // namespace

Decision decide(const Observation& observation) {
    Decision decision = first_of(observation).value_or(wait(Phase::Pending, "Nothing", ""));
    for (const std::string& warning : observation.warnings) { // behind what is said anyway
        decision.message += (decision.message.empty() ? "" : "; ") + warning;
    }
    return decision;
}

} // namespace pedigree::experiment

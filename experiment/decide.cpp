#include "experiment/observation.h"
#include "experiment/search/step.h"
#include "experiment/steps/attempt.h"

namespace pedigree::experiment {

namespace {

constexpr std::chrono::milliseconds objective_look_every{2000};

// The attempts that are open. In a search other trials go on beside those that only wait.
std::optional<Decision> run_step(const Observation& observation) {
    auto waiting = attempt_step(observation);
    if (!waiting || waiting->effect || !observation.study) {
        return waiting;
    }
    for (const auto step : {extend_step, search_step}) {
        auto beside = step(observation);
        if (beside && beside->effect) {
            return beside;
        }
        if (beside) {
            waiting = both_waits(*std::move(waiting), *std::move(beside));
        }
    }
    if (waiting->phase == Phase::Running && !stop_wanted(observation)) {
        waiting->reason = "Searching";
        waiting->message = search_words(observation);
        if (!observation.missing.empty()) {
            waiting->message += "; no further trial begins: " + observation.missing.front().message;
        }
        // What scripts log comes as rows, and nobody calls.
        waiting->look_again =
            std::min(waiting->look_again.value_or(objective_look_every), objective_look_every);
    }
    return waiting;
}

} // namespace

Decision decide(const Observation& observation) {
    const auto next_step = observation.study ? search_step : launch_step;
    for (const auto step :
         {remove_step, accept_step, run_step, extend_step, finish_step, settle_step, hold_step,
          resolve_step, build_step, imports_step, tracker_step, next_step}) {
        if (auto decision = step(observation)) {
            for (const std::string& warning : observation.warnings) { // behind what is said anyway
                decision->message += (decision->message.empty() ? "" : "; ") + warning;
            }
            return *std::move(decision);
        }
    }
    return wait(Phase::Pending, "Nothing", "");
}

} // namespace pedigree::experiment

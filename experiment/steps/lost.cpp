// The database was lost or put back to an earlier state: what had ended is not begun again.

#include "experiment/status/told.h"
#include "experiment/steps/attempt.h"

namespace pedigree::experiment {
namespace {

constexpr std::size_t jobs_named_max = 3;

// What can still be found of it in the cluster.
std::string found_again(const Observation& observation) {
    std::string names;
    std::size_t count = 0;
    for (const JobSeen& job : observation.jobs) {
        if (job.claims_us && count++ < jobs_named_max) {
            names += (names.empty() ? "" : ", ") + job.name;
        }
    }
    if (count == 0) {
        return "";
    }
    if (count > jobs_named_max) {
        names += " and " + std::to_string(count - jobs_named_max) + " more";
    }
    return "; of its Jobs there are still: " + names;
}

} // namespace

std::optional<Decision> lost_step(const Observation& observation) {
    const auto& experiment = observation.history.experiment;
    if (!is_history_lost(observation) || observation.resource->deleting_since) {
        return std::nullopt;
    }
    // To end it begins nothing: the steps behind this one carry that out.
    if (experiment && observation.resource->cancel) {
        return std::nullopt;
    }
    const Phase phase = told_by(observation.resource->status_json).phase;
    return wait(phase, history_lost_reason,
                "it had ended (" + std::string(to_string(phase)) + "), and the database " +
                    (experiment ? "knows it only up to before that" : "does not know it") +
                    ": it was put back to an earlier state, or lost. It is not run again: restore "
                    "a newer backup, or run it under another name" +
                    found_again(observation));
}

} // namespace pedigree::experiment

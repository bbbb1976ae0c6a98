#include "operator/names.h"
#include "operator/steps/attempt.h"

namespace pedigree::control {
namespace {

// How long a delete waits for the record before it goes on without: the loss is then recorded.
constexpr std::chrono::minutes removal_deadline{30};

// Everything that is still open ends here; what was not collected is recorded as lost.
Decision give_up(const Observation& observation) {
    Change change;
    change.experiment = observation.history.experiment;
    change.experiment->outcome = change.experiment->outcome == Outcome::None
                                     ? Outcome::Cancelled
                                     : change.experiment->outcome;
    change.experiment->reason = "RecordAbandoned";
    change.experiment->message = "deleted before its record was complete; the loss is recorded";
    change.experiment->finished_at = observation.now;
    change.experiment->tracker_closed = true;
    change.experiment->released = true;
    if (const AttemptRow* open = open_attempt(observation)) {
        AttemptRow lost = *open;
        lost.stage = AttemptStage::Told;
        lost.failure_class = lost.failure_class.empty() ? "Cancelled" : lost.failure_class;
        lost.gaps += 1;
        change.attempts = {lost};
        change.record_attempt = lost.number;
        change.records = {RecordKind::EvidenceLost};
        change.intents = {{"job.create", lost.job_name, false}};
    }
    change.records.push_back(RecordKind::ExperimentFinished);
    return commit_now("lost", std::move(change), Phase::Cancelled);
}

} // namespace

std::optional<Decision> remove_step(const Observation& observation) {
    const auto& experiment = observation.history.experiment;
    if (!observation.resource) {
        // Gone in spite of our finalizer (somebody took it off): close the history.
        if (experiment && !experiment->released) {
            return give_up(observation);
        }
        return open_attempt(observation) != nullptr
                   ? std::optional(release_job(observation, *open_attempt(observation)))
                   : wait(Phase::Cancelled, "Gone", "");
    }
    const Resource& resource = *observation.resource;
    if (!resource.deleting_since) {
        return std::nullopt;
    }
    if (!resource.has_finalizer) {
        return wait(Phase::Cancelled, "Deleted", "");
    }
    const bool settled = !experiment || (experiment->released && open_attempt(observation) == nullptr);
    if (settled) {
        return effect_now(RemoveFinalizer{}, Phase::Cancelled);
    }
    const bool overdue = observation.now > *resource.deleting_since + removal_deadline;
    if ((resource.abandon_record || overdue) && !experiment->released) {
        return give_up(observation);
    }
    return std::nullopt;
}

} // namespace pedigree::control

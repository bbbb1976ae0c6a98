#include <algorithm>

#include "operator/names.h"
#include "operator/steps/attempt.h"

namespace pedigree::control {
namespace {

Phase phase_of(Outcome outcome) {
    return outcome == Outcome::Succeeded   ? Phase::Succeeded
           : outcome == Outcome::Cancelled ? Phase::Cancelled
                                           : Phase::Failed;
}

Decision close_parent(const Observation& observation) {
    const ExperimentRow& experiment = *observation.history.experiment;
    const ActivityView activity = view_activity(observation, close_activity);
    if (!experiment.parent_run_id.empty() && activity.kind == ActivityView::Kind::Absent) {
        return commit_now("close", Change{.wanted = {close_activity}}, Phase::Sealing);
    }
    if (!experiment.parent_run_id.empty() && activity.kind == ActivityView::Kind::Running) {
        return wait(Phase::Sealing, "TellingTracker", "telling MLflow how the Experiment ended");
    }
    Change change;
    change.experiment = experiment;
    change.experiment->tracker_closed = true;
    change.experiment->released = true;
    return commit_now("closed", std::move(change), Phase::Sealing);
}

} // namespace

std::optional<Decision> finish_step(const Observation& observation) {
    const ExperimentRow& experiment = *observation.history.experiment;
    if (experiment.outcome == Outcome::None) {
        return std::nullopt;
    }
    if (!experiment.released) {
        return close_parent(observation);
    }
    // Finished Jobs stay for a while, for whoever wants to look at their pods.
    std::optional<Instant> next_expiry;
    for (const AttemptRow& attempt : observation.history.attempts) {
        if (attempt.stage != AttemptStage::Released) {
            continue;
        }
        const JobSeen* job = job_of(observation, attempt);
        if (job == nullptr || !job->ours) {
            AttemptRow gone = attempt;
            gone.stage = AttemptStage::Deleted;
            return commit_attempt("deleted", std::move(gone), {}, phase_of(experiment.outcome));
        }
        const Instant expiry =
            attempt.ended_at.value_or(observation.now) + observation.keep_finished_pods;
        if (observation.now >= expiry && !job->deleting) {
            return effect_now(DeleteJob{job->name, job->uid}, phase_of(experiment.outcome));
        }
        next_expiry = std::min(next_expiry.value_or(expiry), expiry);
    }
    std::optional<std::chrono::milliseconds> look_again;
    if (next_expiry) {
        look_again = std::max(std::chrono::milliseconds(1000),
                              std::chrono::ceil<std::chrono::milliseconds>(*next_expiry -
                                                                           observation.now));
    }
    return wait(phase_of(experiment.outcome), experiment.reason, experiment.message, look_again);
}

} // namespace pedigree::control

#include "experiment/steps/attempt.h"
#include "records/names.h"

namespace pedigree::experiment {
namespace {

// How long a delete waits for the record before it goes on without: the loss is then recorded.
constexpr std::chrono::minutes removal_deadline{30};

// Everything that is still open ends here, one attempt after the other, then the Experiment; what
// was not collected is recorded as lost.
Decision give_up(const Observation& observation, const ExperimentRow& row) {
    for (const AttemptRow* open : open_attempts(observation)) {
        if (open->stage >= AttemptStage::Told) {
            continue;
        }
        AttemptRow lost = *open;
        lost.stage = AttemptStage::Told;
        lost.failure_class =
            lost.failure_class == FailureClass::None ? FailureClass::Cancelled : lost.failure_class;
        lost.gaps += 1;
        // Made, but not committed yet: our finalizer has to come off it.
        if (const JobSeen* job = job_of(observation, *open)) {
            lost.job_uid = job->uid;
        }
        Change change;
        change.record_trial = lost.trial;
        change.record_attempt = lost.number;
        change.intents = {{"job.create", lost.job_name, false}};
        change.attempts = {std::move(lost)};
        change.records = {RecordKind::EvidenceLost};
        return commit_now("lost", std::move(change), Phase::Cancelled);
    }
    Change change;
    change.experiment = row;
    ExperimentRow& experiment = *change.experiment;
    experiment.outcome =
        experiment.outcome == Outcome::None ? Outcome::Cancelled : experiment.outcome;
    experiment.reason = "RecordAbandoned";
    experiment.message = "deleted before its record was complete; the loss is recorded";
    experiment.finished_at = observation.now;
    experiment.tracker_closed = true;
    experiment.released = true;
    close_trials(observation, change);
    change.record_attempt = experiment.extensions;
    change.records.push_back(RecordKind::ExperimentFinished);
    return commit_now("finished", std::move(change), Phase::Cancelled);
}

} // namespace

std::optional<Decision> remove_step(const Observation& observation) {
    const auto& experiment = observation.history.experiment;
    if (!observation.resource) {
        // Gone in spite of our finalizer (somebody took it off): close the history.
        if (observation.refused) { // not even the loss can be written, and nobody is left to ask
            return wait(Phase::Cancelled, record_refused_reason,
                        "what happened " + observation.refused->message);
        }
        if (experiment && !experiment->released) {
            return give_up(observation, *experiment);
        }
        const auto open = open_attempts(observation);
        return !open.empty() ? std::optional(release_job(observation, *open.front()))
                             : wait(Phase::Cancelled, "Gone", "");
    }
    const Resource& resource = *observation.resource;
    if (!resource.deleting_since) {
        return std::nullopt;
    }
    if (!resource.has_finalizer) {
        return wait(Phase::Cancelled, std::string(to_string(StopReason::Deleted)), "");
    }
    // The database does not know it any more: nothing else would let its Jobs go.
    if (!experiment) {
        for (const JobSeen& job : observation.jobs) {
            if (job.claims_us && job.has_finalizer) {
                return effect_now(ReleaseJob{job.name, job.uid}, Phase::Cancelled);
            }
        }
    }
    const bool settled =
        !experiment || (experiment->released && open_attempts(observation).empty());
    if (settled) {
        return effect_now(RemoveFinalizer{}, Phase::Cancelled);
    }
    // Before anything is waited for: another process counts on from it.
    if (!experiment->deleting_since && !observation.refused) {
        Change change;
        change.experiment = *experiment;
        change.experiment->deleting_since = resource.deleting_since;
        return commit_now("deleting", std::move(change), Phase::Cancelled);
    }
    const bool overdue = observation.now > *resource.deleting_since + removal_deadline;
    if ((resource.abandon_record || overdue) && !experiment->released) {
        if (observation.refused) { // the finalizer must not outlive what it waits for
            return effect_now(RemoveFinalizer{}, Phase::Cancelled);
        }
        return give_up(observation, *experiment);
    }
    return std::nullopt;
}

} // namespace pedigree::experiment

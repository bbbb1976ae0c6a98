// From the plan to a pod with an identity: Planned -> Created -> Started.

#include "experiment/doubt.h"
#include "experiment/steps/attempt.h"

namespace pedigree::experiment {
namespace {

// How long a Job that is being deleted may hold the name, from the attempt's plan on: longer than a
// pod may take to stop.
constexpr std::chrono::seconds imitation_wait_max{900};

AttemptRow ended_early(const Accepted& accepted, AttemptRow attempt, FailureClass failure_class,
                       std::string reason, std::string message) {
    attempt.stage = AttemptStage::Ended;
    attempt.failure_class = failure_class;
    attempt.reason = std::move(reason);
    attempt.message = std::move(message);
    attempt.ended_at = accepted.seen.now;
    return attempt;
}

AttemptRow stopped_early(const Accepted& accepted, const AttemptRow& attempt, const Stop& stop) {
    AttemptRow never = ended_early(accepted, attempt, FailureClass::Cancelled,
                                   std::string(to_string(stop.reason)), stop.message);
    never.stop_reason = stop.reason;
    return never;
}

// A Job under the attempt's name that we did not make. One that names our Experiment as its
// controller is somebody's imitation, or was made before PostgreSQL was put back to an earlier
// state: it would go with the Experiment anyway, and goes now, so that it holds no GPU. What it
// left is not evidence of this attempt.
std::optional<Decision> end_imitation(const Accepted& accepted, const AttemptRow& attempt,
                                      const JobSeen& job) {
    if (!job.claims_us) {
        return std::nullopt;
    }
    if (!job.deleting) {
        return effect_now(DeleteJob{job.name, job.uid}, Phase::Queued);
    }
    if (job.has_finalizer) {
        return effect_now(ReleaseJob{job.name, job.uid}, Phase::Queued);
    }
    if (accepted.seen.now >= attempt.planned_at.value_or(accepted.seen.now) + imitation_wait_max) {
        return std::nullopt;
    }
    return wait(Phase::Queued, "WaitingForJob",
                "a Job of this name that pedigree did not make is being deleted",
                std::chrono::seconds(5));
}

// The next attempt has another name, so one Job in the way stops nothing.
AttemptRow name_taken(const Accepted& accepted, const AttemptRow& attempt) {
    const std::string& name_space = accepted.row.name_space;
    return ended_early(accepted, attempt, FailureClass::Infrastructure, "JobNameTaken",
                       "a Job named " + attempt.job_name + " is in namespace " + name_space +
                           " that pedigree did not make; it is not used; whoever made it should "
                           "delete it: kubectl -n " +
                           name_space + " delete job " + attempt.job_name);
}

} // namespace

Decision create_attempt(const Accepted& accepted, const AttemptRow& attempt) {
    Change change;
    change.record_trial = attempt.trial;
    change.record_attempt = attempt.number;
    change.intents = {{"job.create", attempt.job_name, false}};
    if (const JobSeen* job = job_of(accepted, attempt)) {
        AttemptRow created = attempt;
        created.job_uid = job->uid;
        created.stage = AttemptStage::Created;
        change.attempts = {std::move(created)};
        return commit_now("created", std::move(change), Phase::Queued);
    }
    const JobSeen* foreign = foreign_job_of(accepted, attempt);
    if (foreign != nullptr) {
        if (auto ending = end_imitation(accepted, attempt, *foreign)) {
            return *std::move(ending);
        }
    }
    const auto stop = stop_wanted(accepted, attempt);
    if (foreign == nullptr && !stop) {
        return effect_now(CreateJob{attempt.job_name}, Phase::Queued);
    }
    // Nothing of ours exists: the attempt is over before it began, and its intent is void.
    change.attempts = {stop ? stopped_early(accepted, attempt, *stop)
                            : name_taken(accepted, attempt)};
    change.records = {RecordKind::AttemptEnded};
    return commit_now("ended", std::move(change), Phase::Sealing);
}

Decision await_pod(const Accepted& accepted, const AttemptRow& attempt) {
    const JobSeen* job = job_of(accepted, attempt);
    const PodSeen* pod = pod_of(accepted, attempt);
    if (pod != nullptr && (!pod->facts.node_name.empty() || run::pod_ended(pod->facts))) {
        AttemptRow started = attempt;
        started.pod_uid = pod->uid;
        started.pod_name = pod->name;
        started.node_name = pod->facts.node_name;
        started.started_at = pod->facts.started_at.value_or(accepted.seen.now);
        started.stage = AttemptStage::Started;
        if (!accepted.seen.objects_protected) {
            add_doubt(started, Doubt::Unprotected);
        }
        return commit_attempt("started", std::move(started), {RecordKind::AttemptStarted},
                              Phase::Running);
    }
    const auto stop = stop_wanted(accepted, attempt);
    const std::int64_t queue_seconds = accepted.spec.deadlines.queue_seconds;
    const bool queued_too_long =
        queue_seconds > 0 && attempt.planned_at &&
        accepted.seen.now > *attempt.planned_at + std::chrono::seconds(queue_seconds);
    // A Job that is being deleted makes no pod any more, and our finalizer keeps it in sight.
    if (job == nullptr || ((job->finished || job->deleting) && pod == nullptr)) {
        AttemptRow never =
            stop ? stopped_early(accepted, attempt, *stop)
            : queued_too_long
                ? ended_early(accepted, attempt, FailureClass::Deadline, "QueueDeadlineExceeded",
                              "no node took the pod within deadlines.queueSeconds (" +
                                  std::to_string(queue_seconds) + "); free resources or raise it")
                : ended_early(accepted, attempt, FailureClass::Infrastructure,
                              job != nullptr ? "PodLost" : "JobDeleted",
                              job != nullptr ? "the Job failed before its pod was seen"
                                             : "the Job was deleted before its pod was seen");
        return commit_attempt("ended", std::move(never), {RecordKind::AttemptEnded},
                              Phase::Sealing);
    }
    if ((stop || queued_too_long) && !job->deleting) {
        return effect_now(DeleteJob{job->name, job->uid}, Phase::Queued);
    }
    if (pod == nullptr) {
        return wait(Phase::Queued, "WaitingForPod", "the Job exists; its pod is not there yet",
                    std::chrono::seconds(10));
    }
    const run::Waiting waiting =
        run::waiting_reason(pod->facts, accepted.seen.gpu_holders, accepted.seen.now);
    return wait(Phase::Queued, waiting.reason, waiting.message, std::chrono::seconds(10));
}

} // namespace pedigree::experiment

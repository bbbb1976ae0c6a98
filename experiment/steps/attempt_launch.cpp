// From the plan to a pod with an identity: Planned -> Created -> Started.

#include "experiment/doubt.h"
#include "experiment/steps/attempt.h"
#include "experiment/steps/refusal.h"

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

bool queued_too_long(const Accepted& accepted, const AttemptRow& attempt) {
    const std::int64_t seconds = accepted.spec.deadlines.queue_seconds;
    return seconds > 0 && attempt.planned_at &&
           accepted.seen.now > *attempt.planned_at + std::chrono::seconds(seconds);
}

AttemptRow queued_out(const Accepted& accepted, const AttemptRow& attempt, std::string_view why) {
    return ended_early(accepted, attempt, FailureClass::Deadline, "QueueDeadlineExceeded",
                       std::string(why) + " within deadlines.queueSeconds (" +
                           std::to_string(accepted.spec.deadlines.queue_seconds) +
                           "); free resources or raise it");
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

// Why an attempt ends that has no Job of its own; nothing: it goes on.
std::optional<AttemptRow> ended_without_job(const Accepted& accepted, const AttemptRow& attempt,
                                            const JobSeen* foreign, const JobRefusal* refusal) {
    if (const auto stop = stop_wanted(accepted, attempt)) {
        return stopped_early(accepted, attempt, *stop);
    }
    if (foreign != nullptr) {
        return name_taken(accepted, attempt);
    }
    if (refusal == nullptr) {
        return std::nullopt;
    }
    if (queued_too_long(accepted, attempt)) {
        return queued_out(accepted, attempt,
                          "the API server did not take the Job (" + shown(refusal->error.message) +
                              ")");
    }
    if (auto end = end_of(*refusal)) {
        return ended_early(accepted, attempt, end->failure_class, std::move(end->reason),
                           std::move(end->message));
    }
    return std::nullopt;
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
    const auto refused = accepted.seen.job_refusals.find(attempt.job_name);
    const JobRefusal* refusal =
        refused == accepted.seen.job_refusals.end() ? nullptr : &refused->second;
    const JobSeen* foreign = foreign_job_of(accepted, attempt);
    if (foreign != nullptr) {
        if (auto ending = end_imitation(accepted, attempt, *foreign)) {
            return *std::move(ending);
        }
    }
    auto never = ended_without_job(accepted, attempt, foreign, refusal);
    if (!never) {
        const bool pause = refusal != nullptr && accepted.seen.now < refusal->again_at;
        return pause ? wait_after(*refusal, accepted.seen.now)
                     : effect_now(CreateJob{attempt.job_name}, Phase::Queued);
    }
    // Nothing of ours exists: the attempt is over before it began, and its intent is void.
    change.attempts = {*std::move(never)};
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
        started.started_at =
            believable(attempt, pod->facts.started_at.value_or(accepted.seen.now), accepted);
        started.placed_at = accepted.seen.now;
        started.stage = AttemptStage::Started;
        if (!accepted.seen.objects_protected) {
            add_doubt(started, Doubt::Unprotected);
        }
        return commit_attempt("started", std::move(started), {RecordKind::AttemptStarted},
                              Phase::Running);
    }
    const auto stop = stop_wanted(accepted, attempt);
    const bool too_long = queued_too_long(accepted, attempt);
    const auto refused = accepted.seen.pod_refusals.find(attempt.job_name);
    const PodRefusal* refusal =
        refused == accepted.seen.pod_refusals.end() ? nullptr : &refused->second;
    // A Job that is being deleted makes no pod any more, and our finalizer keeps it in sight.
    if (job == nullptr || ((job->finished || job->deleting) && pod == nullptr)) {
        AttemptRow never =
            stop ? stopped_early(accepted, attempt, *stop)
            : too_long
                ? queued_out(accepted, attempt,
                             refusal ? "the pod is refused (" + shown(refusal->words) + ")"
                                     : "no node took the pod")
                : ended_early(accepted, attempt, FailureClass::Infrastructure,
                              job != nullptr ? "PodLost" : "JobDeleted",
                              job != nullptr ? "the Job failed before its pod was seen"
                                             : "the Job was deleted before its pod was seen");
        return commit_attempt("ended", std::move(never), {RecordKind::AttemptEnded},
                              Phase::Sealing);
    }
    if ((stop || too_long) && !job->deleting) {
        return effect_now(DeleteJob{job->name, job->uid}, Phase::Queued);
    }
    if (auto left = end_left_pod(job, pod, Phase::Queued)) {
        return *std::move(left);
    }
    if (pod == nullptr && refusal != nullptr) {
        if (auto end = end_of(*refusal, accepted.seen.now)) {
            return commit_attempt("ended",
                                  ended_early(accepted, attempt, end->failure_class,
                                              std::move(end->reason), std::move(end->message)),
                                  {RecordKind::AttemptEnded}, Phase::Sealing);
        }
        return wait_after(*refusal);
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

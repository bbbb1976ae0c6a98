#include "experiment/steps/attempt.h"

#include <algorithm>

#include "experiment/doubt.h"
#include "experiment/steps/images.h"
#include "experiment/steps/stray.h"
#include "records/names.h"

namespace pedigree::experiment {

bool is_own_job(const Observation& observation, const AttemptRow& attempt, const JobSeen& job) {
    if (!attempt.job_uid.empty()) {
        return job.uid == attempt.job_uid;
    }
    if (const auto created = observation.created_jobs.find(attempt.job_name);
        created != observation.created_jobs.end()) {
        return job.uid == created->second;
    }
    const std::string nonce = observation.history.nonce_of("job.create", attempt.job_name);
    return !nonce.empty() && job.nonce == nonce;
}

namespace {

const JobSeen* find_job(const Observation& observation, const AttemptRow& attempt, bool own) {
    for (const JobSeen& job : observation.jobs) {
        if (job.name == attempt.job_name && is_own_job(observation, attempt, job) == own) {
            return &job;
        }
    }
    return nullptr;
}

} // namespace

const JobSeen* job_of(const Observation& observation, const AttemptRow& attempt) {
    return find_job(observation, attempt, true);
}

const JobSeen* foreign_job_of(const Observation& observation, const AttemptRow& attempt) {
    return find_job(observation, attempt, false);
}

const PodSeen* pod_of(const Observation& observation, const AttemptRow& attempt) {
    for (const PodSeen& pod : observation.pods) {
        if (attempt.pod_uid.empty() ? !pod.job_uid.empty() && pod.job_uid == attempt.job_uid
                                    : pod.uid == attempt.pod_uid) {
            return &pod;
        }
    }
    return nullptr;
}

const PodSeen* second_pod_of(const Observation& observation, const AttemptRow& attempt) {
    const PodSeen* first = pod_of(observation, attempt);
    for (const PodSeen& pod : observation.pods) {
        if (&pod != first && !pod.job_uid.empty() && pod.job_uid == attempt.job_uid &&
            !run::pod_ended(pod.facts)) {
            return &pod;
        }
    }
    return nullptr;
}

std::optional<Decision> end_left_pod(const JobSeen* job, const PodSeen* pod, Phase phase) {
    if (pod == nullptr || pod->facts.deleting || run::pod_ended(pod->facts)) {
        return std::nullopt;
    }
    if (job == nullptr ? !pod->job_uid.empty() : job->pods_follow) {
        return std::nullopt;
    }
    return effect_now(DeletePod{pod->name, pod->uid}, phase);
}

bool pod_missed(const Observation& observation, const AttemptRow& attempt) {
    if (pod_of(observation, attempt) != nullptr) {
        return false;
    }
    const JobSeen* job = job_of(observation, attempt);
    const bool over = job == nullptr || job->finished || job->deleting;
    return attempt.stage == AttemptStage::Started ||
           (attempt.stage == AttemptStage::Created && over);
}

std::optional<Stop> stop_wanted(const Accepted& accepted) {
    if (!accepted.seen.resource || accepted.seen.resource->deleting_since) {
        return Stop{StopReason::Deleted, "stopped: the Experiment was deleted"};
    }
    if (accepted.row.outcome != Outcome::None) {
        return Stop{StopReason::Ended, "stopped: the Experiment has ended"};
    }
    if (accepted.seen.resource->cancel) {
        return Stop{StopReason::Cancelled, "stopped by spec.cancel"};
    }
    if (accepted.seen.resource->suspend) {
        return Stop{StopReason::Suspended, "stopped by spec.suspend"};
    }
    return std::nullopt;
}

std::optional<Stop> stop_wanted(const Accepted& accepted, const AttemptRow& attempt) {
    if (auto stop = stop_wanted(accepted)) {
        return stop;
    }
    const TrialRow* trial = accepted.seen.history.trial(attempt.trial);
    if (trial != nullptr && !trial->stop_reason.empty()) {
        return Stop{StopReason::EarlyStopped, trial->message};
    }
    return std::nullopt;
}

Instant believable(const AttemptRow& attempt, Instant told, const Accepted& accepted) {
    const Instant now = accepted.seen.now;
    return std::min(std::max(told, attempt.planned_at.value_or(told)), now);
}

Decision commit_attempt(std::string name, AttemptRow attempt, std::vector<RecordKind> records,
                        Phase phase) {
    Change change;
    change.record_trial = attempt.trial;
    change.record_attempt = attempt.number;
    change.attempts = {std::move(attempt)};
    change.records = std::move(records);
    return commit_now(std::move(name), std::move(change), phase);
}

namespace {

// What is to be noted before anything else: it may be gone at the next look.
std::optional<AttemptRow> with_new_doubts(const Accepted& accepted, const AttemptRow& attempt) {
    if (attempt.stage > AttemptStage::Started) {
        return std::nullopt;
    }
    AttemptRow doubted = attempt;
    if (left_pod_of(accepted, attempt) != nullptr) {
        add_doubt(doubted, Doubt::LeftPod);
    }
    const JobSeen* job = job_of(accepted, attempt);
    const PodSeen* pod = pod_of(accepted, attempt);
    if ((job != nullptr && !job->labelled) || (pod != nullptr && !pod->labelled)) {
        add_doubt(doubted, Doubt::LabelsGone);
    }
    if (second_pod_of(accepted, attempt) != nullptr) {
        add_doubt(doubted, Doubt::SecondPod);
    }
    if (pod != nullptr && pod->facts.train.restarts > 0) {
        add_doubt(doubted, Doubt::Restarted);
    }
    if (pod != nullptr && !look_at_images(accepted, job, *pod).other.empty()) {
        add_doubt(doubted, Doubt::ImageDiffers);
    }
    return doubted.doubts == attempt.doubts ? std::nullopt : std::optional(std::move(doubted));
}

Decision decide_attempt(const Accepted& accepted, const AttemptRow& attempt) {
    if (auto doubted = with_new_doubts(accepted, attempt)) {
        return commit_attempt("doubted", *std::move(doubted), {},
                              attempt.stage == AttemptStage::Started ? Phase::Running
                                                                     : Phase::Queued);
    }
    if (const PodSeen* left = left_pod_of(accepted, attempt)) {
        return effect_now(DeletePod{left->name, left->uid}, Phase::Queued);
    }
    switch (attempt.stage) {
    case AttemptStage::Planned:
        return create_attempt(accepted, attempt);
    case AttemptStage::Created:
        return await_pod(accepted, attempt);
    case AttemptStage::Started:
        return await_end(accepted, attempt);
    case AttemptStage::Ended:
        return collect_record(accepted, attempt);
    case AttemptStage::Observed:
        return tell_tracker(accepted, attempt);
    default:
        return release_job(accepted, attempt);
    }
}

} // namespace

// The first that has something to do; else what the one that is furthest waits for.
std::optional<Decision> attempt_step(const Accepted& accepted) {
    std::optional<Decision> waiting;
    for (const AttemptRow* attempt : open_attempts(accepted)) {
        Decision decision = decide_attempt(accepted, *attempt);
        if (decision.effect) {
            return decision;
        }
        waiting =
            waiting ? both_waits(*std::move(waiting), std::move(decision)) : std::move(decision);
    }
    return waiting;
}

} // namespace pedigree::experiment

#include "operator/steps/attempt.h"

#include "operator/names.h"

namespace pedigree::control {

const JobSeen* job_of(const Observation& observation, const AttemptRow& attempt) {
    for (const JobSeen& job : observation.jobs) {
        if (job.name == attempt.job_name) {
            return &job;
        }
    }
    return nullptr;
}

const PodSeen* pod_of(const Observation& observation, const AttemptRow& attempt) {
    for (const PodSeen& pod : observation.pods) {
        const bool same = attempt.pod_uid.empty() ? pod.job_uid == attempt.job_uid
                                                  : pod.uid == attempt.pod_uid;
        if (same && !pod.job_uid.empty()) {
            return &pod;
        }
    }
    return nullptr;
}

std::optional<Stop> stop_wanted(const Observation& observation) {
    if (!observation.resource || observation.resource->deleting_since) {
        return Stop{"Deleted", "stopped: the Experiment was deleted"};
    }
    if (observation.resource->cancel) {
        return Stop{"Cancelled", "stopped by spec.cancel"};
    }
    if (observation.resource->suspend) {
        return Stop{"Suspended", "stopped by spec.suspend"};
    }
    return std::nullopt;
}

Decision commit_attempt(std::string name, AttemptRow attempt, std::vector<RecordKind> records,
                        Phase phase) {
    Change change;
    change.record_attempt = attempt.number;
    change.attempts = {std::move(attempt)};
    change.records = std::move(records);
    return commit_now(std::move(name), std::move(change), phase);
}

std::optional<Decision> attempt_step(const Observation& observation) {
    const AttemptRow* attempt = open_attempt(observation);
    if (attempt == nullptr) {
        return std::nullopt;
    }
    switch (attempt->stage) {
    case AttemptStage::Planned:
        return create_attempt(observation, *attempt);
    case AttemptStage::Created:
        return await_pod(observation, *attempt);
    case AttemptStage::Started:
        return await_end(observation, *attempt);
    case AttemptStage::Ended:
        return collect_record(observation, *attempt);
    case AttemptStage::Observed:
        return tell_tracker(observation, *attempt);
    default:
        return release_job(observation, *attempt);
    }
}

} // namespace pedigree::control

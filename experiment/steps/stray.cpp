#include "experiment/steps/stray.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "experiment/status/told.h"
#include "experiment/steps/attempt.h"

namespace pedigree::experiment {
namespace {

// The attempt that is still open says itself what became of it.
bool is_noted_by_attempt(const Observation& observation, const PodSeen& pod) {
    const auto& attempts = observation.history.attempts;
    return std::any_of(attempts.begin(), attempts.end(), [&](const AttemptRow& attempt) {
        return left_pod_of(observation, attempt) == &pod;
    });
}

// Its pods first, where they do not go with it; then our finalizer.
std::optional<Decision> end_job(const Observation& observation, const JobSeen& job, Phase phase) {
    for (const PodSeen& pod : observation.pods) {
        if (pod.job_uid == job.uid) {
            if (auto left = end_left_pod(&job, &pod, phase)) {
                return left;
            }
        }
    }
    return job.has_finalizer ? std::optional(effect_now(ReleaseJob{job.name, job.uid}, phase))
                             : std::nullopt;
}

} // namespace

std::vector<const JobSeen*> stray_jobs(const Observation& observation) {
    std::map<std::string_view, const AttemptRow*> attempts;
    for (const AttemptRow& attempt : observation.history.attempts) {
        attempts.emplace(attempt.job_name, &attempt);
    }
    std::vector<const JobSeen*> strays;
    for (const JobSeen& job : observation.jobs) {
        const auto named = attempts.find(job.name);
        const bool known = named != attempts.end() && is_own_job(observation, *named->second, job);
        if (!known && job.claims_us && job.labelled && !job.nonce.empty()) {
            strays.push_back(&job);
        }
    }
    return strays;
}

std::vector<const PodSeen*> stray_pods(const Observation& observation) {
    const auto& attempts = observation.history.attempts;
    std::vector<const PodSeen*> strays;
    for (const PodSeen& pod : observation.pods) {
        if (pod.job_uid.empty() && pod.labelled && !pod.facts.deleting &&
            !run::pod_ended(pod.facts) &&
            std::none_of(attempts.begin(), attempts.end(),
                         [&](const AttemptRow& attempt) { return attempt.pod_uid == pod.uid; })) {
            strays.push_back(&pod);
        }
    }
    return strays;
}

const PodSeen* left_pod_of(const Observation& observation, const AttemptRow& attempt) {
    if (attempt.stage > AttemptStage::Created) {
        return nullptr;
    }
    for (const PodSeen* pod : stray_pods(observation)) {
        if (pod->name.starts_with(attempt.job_name + "-")) {
            return pod;
        }
    }
    return nullptr;
}

std::optional<Decision> stray_step(const Observation& observation) {
    const bool goes = !observation.resource || observation.resource->deleting_since;
    const bool lost = is_history_lost(observation) && !goes;
    for (const JobSeen* job : stray_jobs(observation)) {
        if (lost && job->finished) { // what can still be found of it is named, for people
            continue;
        }
        const bool goes_with_it = goes && job->finished;
        if (!job->deleting && !goes_with_it) {
            return effect_now(DeleteJob{job->name, job->uid}, Phase::Running);
        }
        if (auto end = end_job(observation, *job, Phase::Running)) {
            return end;
        }
    }
    for (const PodSeen* pod : stray_pods(observation)) {
        if (lost || goes || !is_noted_by_attempt(observation, *pod)) {
            return effect_now(DeletePod{pod->name, pod->uid}, Phase::Running);
        }
    }
    return std::nullopt;
}

} // namespace pedigree::experiment

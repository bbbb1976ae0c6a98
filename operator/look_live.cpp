// What the API server itself says, past the caches.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "operator/names.h"
#include "operator/reconciler.h"
#include "operator/seen.h"

namespace pedigree::control {

Result<std::optional<JobSeen>> Reconciler::live_job(const Observation& observation,
                                                    const AttemptRow& attempt) {
    const ExperimentRow& experiment = *observation.history.experiment;
    const auto job = with_.api.get(k8s::jobs, {experiment.name_space, attempt.job_name});
    if (job) {
        return job_from(*job, experiment.uid);
    }
    if (job.error().code == ErrorCode::NotFound) {
        return std::nullopt;
    }
    return tl::unexpected<Error>(job.error());
}

Status Reconciler::list_pods(Observation& observation) {
    const ExperimentRow& experiment = *observation.history.experiment;
    TRY(const auto listed,
        with_.api.list(k8s::pods,
                       {.in_namespace = experiment.name_space,
                        .label_selector = std::string(experiment_label) + "=" + experiment.uid}));
    std::vector<PodSeen> pods;
    for (const k8s::Object& pod : listed.items) {
        pods.push_back(pod_from(*pod));
    }
    // How a pod ended stays true when it is gone.
    for (PodSeen& known : observation.pods) {
        const bool gone = std::none_of(pods.begin(), pods.end(),
                                       [&](const PodSeen& pod) { return pod.uid == known.uid; });
        if (gone && run::pod_ended(known.facts)) {
            pods.push_back(std::move(known));
        }
    }
    observation.pods = std::move(pods);
    return {};
}

// Replaces what the caches said. `object` becomes null if the Experiment is gone, also when another
// one has taken its name.
Status Reconciler::look_live(k8s::Object& object, Observation& observation) {
    if (object) {
        auto live = with_.api.get(experiments, k8s::key_of(*object));
        if (!live && live.error().code != ErrorCode::NotFound) {
            return tl::unexpected<Error>(live.error());
        }
        const bool same = live && k8s::uid_of(*live) == observation.resource->uid;
        object = same ? std::make_shared<const Json>(*std::move(live)) : nullptr;
        observation.resource = same ? std::optional(resource_from(*object)) : std::nullopt;
    }
    if (observation.history.attempts.empty()) {
        return {};
    }
    observation.jobs.clear();
    for (const AttemptRow& attempt : observation.history.attempts) {
        if (attempt.stage == AttemptStage::Deleted) {
            continue;
        }
        TRY(auto job, live_job(observation, attempt));
        if (job) {
            observation.jobs.push_back(*std::move(job));
        }
    }
    return list_pods(observation);
}

} // namespace pedigree::control

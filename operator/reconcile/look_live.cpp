// What the API server itself says, past the caches.

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiment/steps/attempt.h"
#include "operator/reconcile/reconciler.h"
#include "operator/reconcile/seen.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

constexpr std::ptrdiff_t jobs_asked_singly_max = 3;

} // namespace

Result<std::optional<experiment::JobSeen>>
Reconciler::live_job(const experiment::Observation& observation,
                     const experiment::AttemptRow& attempt) {
    const experiment::ExperimentRow& experiment = *observation.history.experiment;
    const auto job = api_.get(k8s::jobs, {experiment.name_space, attempt.job_name});
    if (job) {
        return job_from(*job, experiment.uid);
    }
    if (job.error().code == ErrorCode::NotFound) {
        return std::nullopt;
    }
    return tl::unexpected<Error>(job.error());
}

Status Reconciler::list_pods(experiment::Observation& observation) {
    const experiment::ExperimentRow& experiment = *observation.history.experiment;
    TRY(const auto listed,
        api_.list(k8s::pods, {.name_space = experiment.name_space,
                              .label_selector =
                                  std::string(records::experiment_label) + "=" + experiment.uid}));
    auto cached = std::exchange(observation.pods, {});
    for (const k8s::Object& pod : listed.items) {
        observation.pods.push_back(pod_from(*pod));
    }
    for (const experiment::AttemptRow* attempt : experiment::open_attempts(observation)) {
        if (experiment::pod_missed(observation, *attempt)) {
            TRY(look_without_labels(observation, *attempt));
        }
    }
    // How a pod ended stays true when it is gone.
    for (experiment::PodSeen& known : cached) {
        const bool gone =
            std::none_of(observation.pods.begin(), observation.pods.end(),
                         [&](const experiment::PodSeen& pod) { return pod.uid == known.uid; });
        if (gone && run::pod_ended(known.facts)) {
            observation.pods.push_back(std::move(known));
        }
    }
    return {};
}

// A label is for finding, and anybody may take it off. By its name, if it is known; else among all
// pods of the namespace, which is asked once, when its Job is over.
Status Reconciler::look_without_labels(experiment::Observation& observation,
                                       const experiment::AttemptRow& attempt) {
    const std::string& name_space = observation.history.experiment->name_space;
    if (!attempt.pod_name.empty()) {
        const auto pod = api_.get(k8s::pods, {name_space, attempt.pod_name});
        if (!pod && pod.error().code != ErrorCode::NotFound) {
            return tl::unexpected<Error>(pod.error());
        }
        if (pod && k8s::uid_of(*pod) == attempt.pod_uid) {
            observation.pods.push_back(pod_from(*pod));
        }
        return {};
    }
    TRY(const auto listed, api_.list(k8s::pods, {.name_space = name_space, .label_selector = ""}));
    for (const k8s::Object& pod : listed.items) {
        if (k8s::controller_uid_of(*pod) == attempt.job_uid) {
            observation.pods.push_back(pod_from(*pod));
        }
    }
    return {};
}

// A search's many Jobs in one call. What it does not show may have lost its label, or be another's
// that never had one: that is asked for by name.
Status Reconciler::list_jobs(experiment::Observation& observation) {
    const experiment::ExperimentRow& experiment = *observation.history.experiment;
    const auto& attempts = observation.history.attempts;
    const auto kept =
        std::count_if(attempts.begin(), attempts.end(), [](const experiment::AttemptRow& attempt) {
            return attempt.stage != experiment::AttemptStage::Deleted;
        });
    observation.jobs.clear();
    const bool one_call = kept > jobs_asked_singly_max;
    if (one_call) {
        TRY(const auto listed,
            api_.list(k8s::jobs, {.name_space = experiment.name_space,
                                  .label_selector = std::string(records::experiment_label) + "=" +
                                                    experiment.uid}));
        for (const k8s::Object& job : listed.items) {
            observation.jobs.push_back(job_from(*job, experiment.uid));
        }
    }
    for (const experiment::AttemptRow& attempt : attempts) {
        if (attempt.stage == experiment::AttemptStage::Deleted ||
            (one_call && experiment::job_of(observation, attempt) != nullptr)) {
            continue;
        }
        TRY(auto job, live_job(observation, attempt));
        if (job) {
            observation.jobs.push_back(*std::move(job));
        }
    }
    return {};
}

// Replaces what the caches said. `object` becomes null if the Experiment is gone, also when another
// one has taken its name.
Status Reconciler::look_live(k8s::Object& object, experiment::Observation& observation) {
    if (object) {
        auto live = api_.get(experiments, k8s::key_of(*object));
        if (!live && live.error().code != ErrorCode::NotFound) {
            return tl::unexpected<Error>(live.error());
        }
        const bool same = live && k8s::uid_of(*live) == observation.resource->uid;
        object = same ? std::make_shared<const Json>(*std::move(live)) : nullptr;
        observation.resource = same ? std::optional(resource_from(*object)) : std::nullopt;
    }
    if (!observation.history.attempts.empty()) {
        TRY(list_jobs(observation));
        TRY(list_pods(observation));
    }
    date_by_our_clock(observation);
    return {};
}

} // namespace pedigree::control

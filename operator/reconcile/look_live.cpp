// What the API server itself says, past the caches.

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "experiment/steps/attempt.h"
#include "experiment/steps/stray.h"
#include "operator/reconcile/reconciler.h"
#include "operator/reconcile/seen.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

constexpr std::size_t jobs_asked_singly_max = 3;

k8s::ListOptions labelled_as(const experiment::Observation& observation) {
    return {.name_space = observation.name_space(),
            .label_selector = std::string(records::experiment_label) + "=" + observation.uid()};
}

std::set<std::string> stray_names(const experiment::Observation& observation) {
    std::set<std::string> names;
    for (const experiment::JobSeen* job : experiment::stray_jobs(observation)) {
        names.insert(job->name);
    }
    return names;
}

} // namespace

Result<std::optional<experiment::JobSeen>>
Reconciler::live_job(const experiment::Observation& observation, const std::string& name) {
    const auto job = api_.get(k8s::jobs, {observation.name_space(), name});
    if (job) {
        return job_from(*job, observation.uid());
    }
    if (job.error().code == ErrorCode::NotFound) {
        return std::nullopt;
    }
    return tl::unexpected<Error>(job.error());
}

Status Reconciler::list_pods(experiment::Observation& observation) {
    TRY(const auto listed, api_.list(k8s::pods, labelled_as(observation)));
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
    const std::string& name_space = observation.name_space();
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
    std::set<std::string> names = stray_names(observation);
    for (const experiment::AttemptRow& attempt : observation.history.attempts) {
        if (attempt.stage != experiment::AttemptStage::Deleted) {
            names.insert(attempt.job_name);
        }
    }
    observation.jobs.clear();
    if (names.size() > jobs_asked_singly_max) {
        TRY(const auto listed, api_.list(k8s::jobs, labelled_as(observation)));
        for (const k8s::Object& job : listed.items) {
            observation.jobs.push_back(job_from(*job, observation.uid()));
            names.erase(observation.jobs.back().name);
        }
    }
    for (const std::string& name : names) {
        TRY(auto job, live_job(observation, name));
        if (job) {
            observation.jobs.push_back(*std::move(job));
        }
    }
    return {};
}

// A database that was put back does not know what they are of. Read after what the API server
// shows, its rows know every Job that this leader's successor may have made meanwhile: what they
// do not know now was never theirs.
Status Reconciler::ask_again_for_strays(experiment::Observation& observation) {
    std::set<std::string> names = stray_names(observation);
    for (const experiment::PodSeen* pod : experiment::stray_pods(observation)) {
        names.insert(pod->name);
    }
    if (names.empty()) {
        return {};
    }
    const std::string uid = observation.uid();
    TRY(observation.history, with_.state.load(uid));
    log_warning("no row knows what says that it is the Experiment's",
                {{"experiment", uid}, {"names", fmt::format("{}", fmt::join(names, " "))}});
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
    if (!observation.resource && !observation.history.experiment) { // nobody's any more
        observation.jobs.clear();
        observation.pods.clear();
        return {};
    }
    const bool strays = !experiment::stray_jobs(observation).empty() ||
                        !experiment::stray_pods(observation).empty();
    if (strays || !observation.history.attempts.empty()) {
        TRY(list_jobs(observation));
        TRY(list_pods(observation));
        TRY(ask_again_for_strays(observation));
    }
    date_by_our_clock(observation);
    return {};
}

} // namespace pedigree::control

// gather: one Observation from the caches, the API server and PostgreSQL. What a search adds is in
// gather_search.cpp.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "experiment/steps/attempt.h"
#include "experiment/steps/retry.h"
#include "experiment/steps/stray.h"
#include "operator/reconcile/pod_refusal.h"
#include "operator/reconcile/reconciler.h"
#include "operator/reconcile/seen.h"
#include "pipeline/plan/image_right.h"
#include "pipeline/plan/input_right.h"
#include "pipeline/plan/secret_demand.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/canonical.h"
#include "pipeline/spec/parse.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

// The Job controller makes the pod within a moment: before this, no event is asked for.
constexpr std::chrono::seconds pod_expected_after{3};

// Secrets matter before anything was started and again before each attempt, not while all run.
bool secrets_matter(const experiment::Observation& observation) {
    if (!observation.resource || !observation.spec || !observation.history.experiment ||
        observation.history.experiment->outcome != experiment::Outcome::None) {
        return false;
    }
    const auto open = static_cast<std::int64_t>(experiment::open_attempts(observation).size());
    return open == 0 || (observation.study && open < observation.resource->parallel_trials);
}

// `max_trials`: as it was changed since; 0: as the spec says.
void read_search(experiment::Observation& observation, std::int64_t max_trials) {
    if (observation.spec->search_json.empty()) {
        return;
    }
    auto study = search::study_of(*observation.spec);
    if (!study) {
        observation.invalid.push_back({"InvalidSpec", study.error().message});
        observation.spec.reset();
        return;
    }
    observation.study = *std::move(study);
    if (max_trials > 0) {
        observation.study->max_trials = max_trials;
    }
    // A CR whose search was taken away, past every rule, goes on as it was accepted.
    if (observation.resource && observation.resource->parallel_trials == 0) {
        observation.resource->parallel_trials = observation.study->parallel_trials;
    }
}

// Before an attempt counts as started, how far its objects are to be trusted is noted.
bool is_beginning(const experiment::Observation& observation) {
    const auto& attempts = observation.history.attempts;
    return std::any_of(attempts.begin(), attempts.end(), [](const experiment::AttemptRow& attempt) {
        return attempt.stage == experiment::AttemptStage::Created;
    });
}

std::optional<Instant> placed_at(const experiment::History& history, const std::string& pod_uid) {
    for (const experiment::AttemptRow& attempt : history.attempts) {
        if (attempt.pod_uid == pod_uid) {
            return attempt.placed_at;
        }
    }
    return std::nullopt;
}

bool is_seen(const std::vector<experiment::JobSeen>& jobs, const std::string& name) {
    return std::any_of(jobs.begin(), jobs.end(),
                       [&](const experiment::JobSeen& job) { return job.name == name; });
}

} // namespace

Result<experiment::Observation> Reconciler::gather(const k8s::Object& object,
                                                   const std::string& uid) {
    experiment::Observation observation;
    observation.now = with_.clock.now();
    observation.nonce = random_uuid();
    TRY(observation.history, with_.state.load(uid));
    for (auto& [key, activity] : observation.history.activities) {
        if (activity.state == experiment::ActivityState::Wanted && with_.activity_progress) {
            activity.progress = with_.activity_progress(uid, key);
        }
    }
    if (object) {
        observation.resource = resource_from(*object);
        gather_spec(observation, *object);
    } else if (observation.history.experiment) {
        gather_spec(observation, Json());
    }
    TRY(gather_jobs(observation, uid));
    TRY(gather_pods(observation, uid));
    gather_refusals(observation, uid);
    if (is_beginning(observation)) {
        TRY(observation.objects_protected, admission_.in_force(observation.now));
    }
    observation.gpu_holders = gpu_holders(with_.cluster.all_pods());
    if (observation.resource) {
        const std::string& name_space = observation.resource->name_space;
        const spec::Platform& platform = with_.configuration.effective(name_space);
        observation.keep_finished_pods = std::chrono::seconds(platform.keep_finished_pods_seconds);
        observation.store_prefix = platform.artifact_store.keys_of(name_space);
        observation.pod_image_digests = platform.pod_image_digests;
    }
    TRY(gather_trials(observation));
    TRY(gather_secrets(observation));
    date_by_our_clock(observation);
    look_at_search(observation);
    return observation;
}

// What deadlines are counted from, where another's clock has dated it.
void Reconciler::date_by_our_clock(experiment::Observation& observation) {
    if (observation.resource && observation.resource->deleting_since) {
        const auto& row = observation.history.experiment;
        observation.resource->deleting_since =
            row && row->deleting_since
                ? row->deleting_since
                : first_seen_.since("delete/" + observation.resource->uid, observation.now);
    }
    for (experiment::PodSeen& pod : observation.pods) {
        if (!pod.facts.node_name.empty() && !run::pod_ended(pod.facts)) {
            pod.facts.placed_since = placed_at(observation.history, pod.uid);
            if (!pod.facts.placed_since) { // no row has it yet
                pod.facts.placed_since = first_seen_.since("pod/" + pod.uid, observation.now);
            }
        }
    }
}

void Reconciler::gather_spec(experiment::Observation& observation, const Json& object) const {
    // Once accepted, the frozen spec counts, whatever the CR says now.
    if (observation.history.experiment) {
        const auto document = parse_json(observation.history.experiment->spec_json);
        const auto frozen =
            document ? spec::parse(*document) : tl::unexpected<Error>(document.error());
        if (!frozen) {
            observation.invalid.push_back({"RecordUnreadable", frozen.error().message});
            return;
        }
        observation.spec = *frozen;
        read_search(observation, observation.history.experiment->max_trials);
        return;
    }
    auto parsed = spec::parse(at_path(object, {"spec"}));
    if (!parsed) {
        observation.invalid.push_back({"InvalidSpec", parsed.error().message});
        return;
    }
    const auto defaults = with_.configuration.effective(observation.resource->name_space);
    auto effective = spec::effective_spec(*std::move(parsed), defaults);
    if (!effective) {
        observation.invalid.push_back({"InvalidSpec", effective.error().message});
        return;
    }
    observation.spec = *std::move(effective);
    if (const auto errors = search::validate_experiment_search(object); !errors.empty()) {
        observation.invalid.push_back({"InvalidSpec", spec::to_text(errors)});
        observation.spec.reset();
        return;
    }
    read_search(observation, 0);
    if (!observation.spec) {
        return;
    }
    observation.spec_json = canonical_json(spec::to_canonical_json(*observation.spec));
    observation.spec_hash = spec::spec_hash(*observation.spec).text();
}

Status Reconciler::gather_jobs(experiment::Observation& observation, const std::string& uid) {
    observation.created_jobs = created_jobs_of(uid);
    for (const k8s::Object& job : with_.cluster.jobs_of(uid)) {
        observation.jobs.push_back(job_from(*job, uid));
    }
    // What the cache does not show may exist all the same: our own write of a moment ago, or any
    // Job while the watch is behind. One that is gone would have lost its finalizer by our hand
    // alone.
    for (const experiment::AttemptRow& attempt : observation.history.attempts) {
        if (attempt.stage == experiment::AttemptStage::Deleted ||
            is_seen(observation.jobs, attempt.job_name)) {
            continue;
        }
        TRY(auto job, live_job(observation, attempt.job_name));
        if (job) {
            observation.jobs.push_back(*std::move(job));
        }
    }
    return {};
}

std::map<std::string, std::string> Reconciler::created_jobs_of(const std::string& uid) {
    std::map<std::string, std::string> uid_by_name;
    const auto created = created_.lock();
    for (const auto& [key, job_uid] : *created) {
        if (key.first == uid) {
            uid_by_name.emplace(key.second, job_uid);
        }
    }
    return uid_by_name;
}

Status Reconciler::gather_pods(experiment::Observation& observation, const std::string& uid) {
    for (const k8s::Object& pod : with_.cluster.left_pods_of(uid)) {
        observation.pods.push_back(pod_from(*pod));
    }
    for (const experiment::JobSeen* job : experiment::stray_jobs(observation)) {
        for (const k8s::Object& pod : with_.cluster.pods_of(job->uid)) {
            observation.pods.push_back(pod_from(*pod));
        }
    }
    const auto open = experiment::open_attempts(observation);
    for (const experiment::AttemptRow* attempt : open) {
        for (const k8s::Object& pod : attempt->job_uid.empty()
                                          ? std::vector<k8s::Object>()
                                          : with_.cluster.pods_of(attempt->job_uid)) {
            observation.pods.push_back(pod_from(*pod));
        }
    }
    // The Jobs' watch may be ahead of the pods', and a pod without our labels is in no cache: ask
    // before one is called lost.
    for (const experiment::AttemptRow* attempt : open) {
        if (pod_missed(observation, *attempt)) {
            return list_pods(observation);
        }
    }
    return {};
}

// Why a Job is not there, or its pod.
void Reconciler::gather_refusals(experiment::Observation& observation, const std::string& uid) {
    observation.job_refusals = refusals_.of(uid, observation.history);
    for (const experiment::AttemptRow* attempt : experiment::open_attempts(observation)) {
        const experiment::JobSeen* job = experiment::job_of(observation, *attempt);
        const bool pod_late =
            attempt->stage == experiment::AttemptStage::Created && job != nullptr &&
            job->uid == attempt->job_uid && !job->finished &&
            experiment::pod_of(observation, *attempt) == nullptr &&
            observation.now > attempt->planned_at.value_or(observation.now) + pod_expected_after;
        if (!pod_late) {
            continue;
        }
        auto refusal = pod_refusal_of(api_, observation.history.experiment->name_space, job->uid,
                                      observation.now);
        if (refusal) {
            observation.pod_refusals.emplace(job->name, *std::move(refusal));
        }
    }
}

Status Reconciler::gather_secrets(experiment::Observation& observation) {
    if (!secrets_matter(observation)) {
        return {};
    }
    const std::string& name_space = observation.resource->name_space;
    const auto& defaults = with_.configuration.effective(name_space);
    for (std::string& problem :
         plan::input_problems(*observation.spec, defaults.artifact_store, name_space)) {
        observation.missing.push_back({plan::input_not_of_namespace, std::move(problem)});
    }
    if (auto problem = plan::image_problem(*observation.spec, defaults.registry, name_space)) {
        observation.missing.push_back({plan::image_not_of_namespace, *std::move(problem)});
    }
    for (const plan::SecretDemand& demand : plan::secret_demands(*observation.spec, defaults)) {
        const auto secret = api_.get(k8s::secrets, {name_space, demand.name});
        if (!secret && secret.error().code != ErrorCode::NotFound) {
            return tl::unexpected<Error>(Error(secret.error()).within("reading a Secret"));
        }
        const Json none;
        if (const auto problem = plan::check_secret(demand, name_space, secret ? *secret : none)) {
            observation.missing.push_back({problem->reason, problem->message});
        } else if (secret) {
            const auto warnings = plan::secret_warnings(demand, name_space, *secret);
            observation.warnings.insert(observation.warnings.end(), warnings.begin(),
                                        warnings.end());
        }
    }
    return {};
}

} // namespace pedigree::control

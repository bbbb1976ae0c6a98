// act: causes one effect. Every effect is idempotent; right behind each stands its failpoint.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/failpoint.h"
#include "base/log.h"
#include "experiment/events/event_of.h"
#include "experiment/job/job.h"
#include "experiment/search/trial_spec.h"
#include "experiment/status/project.h"
#include "experiment/steps/attempt.h"
#include "operator/reconcile/pod_configuration.h"
#include "operator/reconcile/reconciler.h"
#include "pipeline/spec/canonical.h"
#include "records/names.h"
#include "records/pod/config.h"
#include "records/pod/paths.h"
#include "trackers/mlflow/context.h"
#include "trackers/pod.h"

namespace pedigree::control {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

Json finalizers_of(const Json& object) {
    const Json& list = at_path(object, {"metadata", "finalizers"});
    return list.is_array() ? list : Json::array();
}

Json others_finalizers_of(const Json& object) {
    Json finalizers = finalizers_of(object);
    const auto kept = std::remove(finalizers.begin(), finalizers.end(), Json(records::finalizer));
    finalizers.erase(kept, finalizers.end());
    return finalizers;
}

// The resource version makes it a compare-and-set: another's finalizer is never lost.
Status write_finalizers(k8s::Api& api, const k8s::ResourceType& type, const Json& object,
                        Json finalizers) {
    const Json patch{{"metadata",
                      {{"resourceVersion", k8s::resource_version_of(object)},
                       {"finalizers", std::move(finalizers)}}}};
    const auto patched =
        api.patch(type, k8s::key_of(object), k8s::PatchKind::Merge, patch,
                  {.subresource = "", .field_manager = records::field_manager, .force = false});
    return patched ? Status{} : tl::unexpected<Error>(patched.error());
}

std::map<std::string, std::string> run_tags(const experiment::ExperimentRow& experiment,
                                            const experiment::AttemptRow& attempt,
                                            const std::string& repository_url) {
    return trackers::mlflow::context_tags(
        {.experiment_uid = experiment.uid,
         .experiment_name = experiment.name_space + "/" + experiment.name,
         .attempt_uid = records::pod::pod_uid_reference,
         .trial = std::to_string(attempt.trial),
         .parent_run_id = experiment.parent_run_id,
         .commit = experiment.commit,
         .repository_url = repository_url,
         .image = experiment.image});
}

} // namespace

Status Reconciler::act(const k8s::Object& object, const experiment::Observation& observation,
                       const experiment::Decision& decision) {
    const std::string name = experiment::effect_name(*decision.effect);
    const Status status = std::visit(
        Overloaded{
            [&](const experiment::CommitChange& commit) { return act_on(observation, commit); },
            [&](const experiment::AddFinalizer&) { return set_finalizer(object, true); },
            [&](const experiment::RemoveFinalizer&) { return set_finalizer(object, false); },
            [&](const experiment::CreateJob& create) { return act_on(observation, create); },
            [&](const experiment::ReleaseJob& release) { return act_on(observation, release); },
            [&](const experiment::DeleteJob& removal) { return act_on(observation, removal); },
            [&](const experiment::DeletePod& removal) { return act_on(observation, removal); },
            [&](const experiment::WriteStatus&) {
                return write_status(object, observation, decision);
            },
        },
        *decision.effect);
    if (!status) {
        return tl::unexpected<Error>(Error(status.error()).within(name));
    }
    caused(name, observation.uid());
    return {};
}

void Reconciler::caused(const std::string& effect, const std::string& experiment_uid) const {
    failpoint("effect." + effect);
    log_info("effect", {{"effect", effect}, {"experiment", experiment_uid}});
    if (with_.count_effect) {
        with_.count_effect(effect);
    }
}

Status Reconciler::act_on(const experiment::Observation& observation,
                          const experiment::CommitChange& commit) {
    experiment::Change change = commit.change;
    TRY(remove_left_configurations(observation, change));
    if (change.derive_best) {
        KnownSearch known = known_.take(change.experiment->uid);
        TRY(known.engine.derive_best(observation, change));
        known_.put(change.experiment->uid, std::move(known));
    }
    const experiment::History after =
        experiment::applied(observation.history, change, observation.now);
    TRY(const auto events,
        experiment::events_of(change, after, {.now = observation.now, .build = with_.build}));
    TRY(with_.state.commit(after.experiment->uid, change, events, observation.now));
    for (const experiment::AttemptRow& attempt : change.attempts) {
        if (attempt.stage != experiment::AttemptStage::Planned) {
            created_.lock()->erase({after.experiment->uid, attempt.job_name});
        }
    }
    return {};
}

Status Reconciler::act_on(const experiment::Observation& observation,
                          const experiment::CreateJob& create) {
    for (const experiment::AttemptRow& attempt : observation.history.attempts) {
        if (attempt.job_name != create.job_name) {
            continue;
        }
        const experiment::TrialRow* trial = observation.history.trial(attempt.trial);
        const spec::ExperimentSpec own = trial == nullptr
                                             ? *observation.spec
                                             : experiment::spec_of_trial(*observation.spec, *trial);
        experiment::JobDemand demand{
            .experiment = *observation.history.experiment,
            .attempt = attempt,
            .earlier_attempts = observation.history.attempts,
            .spec = own,
            .nonce = observation.history.nonce_of("job.create", attempt.job_name),
            .objective_metric = observation.study ? observation.study->objective.metric : "",
            .run_tags = run_tags(*observation.history.experiment, attempt, own.source.git.url),
            .environment = trackers::pod_environment(
                {.recorder_url = fmt::format("http://127.0.0.1:{}", records::pod::recorder_port),
                 .commit = observation.history.experiment->commit,
                 .repository_url = own.source.git.url,
                 .image = observation.history.experiment->image,
                 .parameters_json = canonical_json(spec::parameters_json(own))}),
            .platform = with_.configuration.effective(observation.history.experiment->name_space),
            .operator_url = with_.operator_url,
            .operator_ca_pem = with_.operator_ca_pem ? with_.operator_ca_pem() : ""};
        const Status made = make_job(demand);
        if (!made && is_refusal(made.error())) {
            refusals_.note(demand.experiment.uid, create.job_name, made.error(), observation.now);
        }
        return made;
    }
    return failure(ErrorCode::Internal, "no attempt has Job " + create.job_name);
}

// First what its pod reads: a Job without it would start a pod that waits.
Status Reconciler::make_job(const experiment::JobDemand& demand) {
    TRY(const bool laid, lay_configuration(api_, experiment::build_configuration(demand)));
    if (laid) {
        caused("configuration.create", demand.experiment.uid);
    }
    const auto created = api_.create(k8s::jobs, experiment::build_job(demand));
    if (created) {
        created_.lock()->insert_or_assign({demand.experiment.uid, demand.attempt.job_name},
                                          k8s::uid_of(*created));
        return {};
    }
    // Somebody made it before us: we did, before a crash, if it carries the intent's nonce. The
    // next look compares; nothing is adopted here.
    return created.error().code == ErrorCode::AlreadyExists
               ? Status{}
               : tl::unexpected<Error>(created.error());
}

// An attempt whose Job was refused, or is gone, has nothing to be released: the ConfigMap that was
// laid for its pod goes before it is over.
Status Reconciler::remove_left_configurations(const experiment::Observation& observation,
                                              const experiment::Change& change) {
    for (const experiment::AttemptRow& attempt : change.attempts) {
        if (attempt.stage != experiment::AttemptStage::Released ||
            experiment::job_of(observation, attempt) != nullptr) {
            continue;
        }
        const experiment::ExperimentRow& experiment = *observation.history.experiment;
        TRY(const bool removed,
            remove_configuration(api_, {experiment.name_space, attempt.job_name}, experiment.uid));
        if (removed) {
            caused("configuration.delete", experiment.uid);
        }
    }
    return {};
}

Status Reconciler::act_on(const experiment::Observation& observation,
                          const experiment::ReleaseJob& release) {
    const k8s::ObjectKey key{observation.name_space(), release.job_name};
    TRY(const bool removed, remove_configuration(api_, key, observation.uid()));
    if (removed) {
        caused("configuration.delete", observation.uid());
    }
    const auto job = api_.get(k8s::jobs, key);
    if (!job) {
        return job.error().code == ErrorCode::NotFound ? Status{}
                                                       : tl::unexpected<Error>(job.error());
    }
    if (k8s::uid_of(*job) != release.job_uid) { // another one has its name now
        return {};
    }
    return take_finalizer_off(*job);
}

Status Reconciler::take_finalizer_off(const Json& job) {
    Json finalizers = others_finalizers_of(job);
    if (finalizers.size() == finalizers_of(job).size()) {
        return {}; // the cache is behind
    }
    return write_finalizers(api_, k8s::jobs, job, std::move(finalizers));
}

Status Reconciler::act_on(const experiment::Observation& observation,
                          const experiment::DeleteJob& removal) {
    Status status = api_.remove(k8s::jobs, {observation.name_space(), removal.job_name},
                                // Foreground: in the background the pod would live on until our own
                                // finalizer is off the Job.
                                {.propagation = k8s::Propagation::Foreground,
                                 .uid = removal.job_uid,
                                 .resource_version = ""});
    if (!status && (status.error().code == ErrorCode::NotFound)) {
        return {};
    }
    return status;
}

Status Reconciler::act_on(const experiment::Observation& observation,
                          const experiment::DeletePod& removal) {
    const Status status = with_.api.remove(k8s::pods, {observation.name_space(), removal.pod_name},
                                           {.propagation = k8s::Propagation::Background,
                                            .uid = removal.pod_uid,
                                            .resource_version = ""});
    return !status && status.error().code == ErrorCode::NotFound ? Status{} : status;
}

Status Reconciler::set_finalizer(const k8s::Object& object, bool present) {
    Json finalizers = others_finalizers_of(*object);
    if (present) {
        finalizers.push_back(records::finalizer);
    }
    const Status written = write_finalizers(api_, experiments, *object, std::move(finalizers));
    const bool gone = !written && !present && written.error().code == ErrorCode::NotFound;
    return gone ? Status{} : written;
}

} // namespace pedigree::control

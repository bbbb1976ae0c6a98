#include "experiment/job/job.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "records/names.h"

namespace pedigree::experiment {

Json labels_of(const JobDemand& demand) {
    return {{records::managed_by_label, records::managed_by_value},
            {records::experiment_label, demand.experiment.uid},
            {records::experiment_name_label, demand.experiment.name},
            {records::trial_label, std::to_string(demand.attempt.trial)},
            {records::attempt_label, std::to_string(demand.attempt.number)}};
}

Json owner_of(const ExperimentRow& experiment) {
    return {{"apiVersion", records::api_version},
            {"kind", records::experiment_kind},
            {"name", experiment.name},
            {"uid", experiment.uid},
            {"controller", true},
            {"blockOwnerDeletion", true}};
}

namespace {

Json pull_secrets(const JobDemand& demand) {
    Json names = Json::array();
    for (const std::string& name :
         {demand.platform.registry.pull_secret_name, demand.spec.image.pull_secret_name}) {
        if (!name.empty()) {
            names.push_back({{"name", name}});
        }
    }
    return names;
}

Json pod_spec(const JobDemand& demand) {
    const spec::DeadlinesSpec& deadlines = demand.spec.deadlines;
    Json spec{
        {"restartPolicy", "Never"},
        {"automountServiceAccountToken", false},
        {"enableServiceLinks", false},
        {"shareProcessNamespace", false},
        {"terminationGracePeriodSeconds", deadlines.stop_seconds + deadlines.drain_seconds},
        {"securityContext",
         {{"runAsNonRoot", true},
          {"runAsUser", pod_user_id},
          {"runAsGroup", pod_user_id},
          {"fsGroup", pod_user_id},
          {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
        {"imagePullSecrets", pull_secrets(demand)},
        {"initContainers", Json::array({prepare_container(demand), recorder_container(demand)})},
        {"containers", Json::array({train_container(demand)})},
        {"volumes", pod_volumes(demand)},
    };
    spec["nodeSelector"] = {{architecture_label, architecture}};
    const spec::ResourcesSpec& resources = demand.spec.resources;
    if (resources.gpu_count > 0) {
        spec["tolerations"] = Json::array(
            {{{"key", "nvidia.com/gpu"}, {"operator", "Exists"}, {"effect", "NoSchedule"}}});
    }
    if (!resources.gpu_product.empty()) {
        spec["nodeSelector"]["nvidia.com/gpu.product"] = resources.gpu_product;
    }
    return spec;
}

} // namespace

std::string without_expansion(const std::string& text) {
    std::string doubled;
    for (const char c : text) {
        doubled.append(c == '$' ? 2 : 1, c);
    }
    return doubled;
}

std::int64_t train_seconds_left(const JobDemand& demand) {
    std::int64_t left = demand.spec.deadlines.train_seconds;
    for (const AttemptRow& attempt : demand.earlier_attempts) {
        if (attempt.trial == demand.attempt.trial && attempt.number < demand.attempt.number &&
            attempt.started_at && attempt.ended_at) {
            left -=
                std::chrono::floor<std::chrono::seconds>(*attempt.ended_at - *attempt.started_at)
                    .count();
        }
    }
    return std::max<std::int64_t>(left, 1);
}

Json build_job(const JobDemand& demand) {
    const Json labels = labels_of(demand);
    return {{"apiVersion", "batch/v1"},
            {"kind", "Job"},
            {"metadata",
             {{"name", demand.attempt.job_name},
              {"namespace", demand.experiment.name_space},
              {"labels", labels},
              {"annotations", {{records::intent_annotation, demand.nonce}}},
              {"finalizers", Json::array({records::finalizer})},
              {"ownerReferences", Json::array({owner_of(demand.experiment)})}}},
            {"spec",
             {{"backoffLimit", 0},
              {"completions", 1},
              {"parallelism", 1},
              {"podReplacementPolicy", "Failed"},
              {"template", {{"metadata", {{"labels", labels}}}, {"spec", pod_spec(demand)}}}}}};
}

} // namespace pedigree::experiment

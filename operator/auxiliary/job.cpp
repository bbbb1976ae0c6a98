#include "operator/auxiliary/job.h"

#include <nlohmann/json.hpp>

#include "experiment/job/job.h"
#include "net/url.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

Json container(const AuxiliaryDemand& demand) {
    Json command = Json::array();
    for (const std::string& argument : demand.command) {
        command.push_back(experiment::without_expansion(argument));
    }
    return {
        {"name", auxiliary_container},
        {"image", demand.image},
        {"command", std::move(command)},
        {"workingDir", "/tmp"},
        {"env", Json::array({{{"name", "HOME"}, {"value", "/tmp"}},
                             {{"name", "PYTHONDONTWRITEBYTECODE"}, {"value", "1"}},
                             {{"name", experiment::gpus_variable}, {"value", experiment::no_gpus}},
                             // GitPython cannot be imported where there is no git.
                             {{"name", "GIT_PYTHON_REFRESH"}, {"value", "quiet"}},
                             // A wheel's files get this time instead of now.
                             {{"name", "SOURCE_DATE_EPOCH"}, {"value", "315532800"}}})},
        {"securityContext",
         {{"allowPrivilegeEscalation", false},
          {"readOnlyRootFilesystem", true},
          {"capabilities", {{"drop", Json::array({"ALL"})}}}}},
        {"resources",
         {{"requests", {{"cpu", "100m"}, {"memory", "256Mi"}}},
          {"limits", {{"cpu", "1"}, {"memory", demand.memory}}}}},
        // The last lines of a failure come with the pod's status.
        {"terminationMessagePolicy", "FallbackToLogsOnError"},
        {"volumeMounts", Json::array({{{"name", "scratch"}, {"mountPath", "/tmp"}}})}};
}

Json metadata_of(const AuxiliaryDemand& demand) {
    return {{"name", demand.name},
            {"namespace", demand.name_space},
            {"labels", {{records::auxiliary_label, demand.name}}},
            {"annotations", {{records::intent_annotation, demand.nonce}}},
            {"ownerReferences", Json::array({{{"apiVersion", records::api_version},
                                              {"kind", records::experiment_kind},
                                              {"name", demand.experiment_name},
                                              {"uid", demand.experiment_uid},
                                              {"controller", true},
                                              {"blockOwnerDeletion", true}}})}};
}

bool is_ipv4(const std::string& host) {
    return !host.empty() && host.find_first_not_of("0123456789.") == host.npos;
}

Json pod_spec(const AuxiliaryDemand& demand) {
    Json secrets = Json::array();
    for (const std::string& name : demand.pull_secrets) {
        secrets.push_back({{"name", name}});
    }
    return {
        {"restartPolicy", "Never"},
        {"automountServiceAccountToken", false},
        {"enableServiceLinks", false},
        {"terminationGracePeriodSeconds", 2},
        {"securityContext",
         {{"runAsNonRoot", true},
          {"runAsUser", experiment::pod_user_id},
          {"runAsGroup", experiment::pod_user_id},
          {"fsGroup", experiment::pod_user_id},
          {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
        {"nodeSelector", {{experiment::architecture_label, experiment::architecture}}},
        {"imagePullSecrets", std::move(secrets)},
        {"containers", Json::array({container(demand)})},
        {"volumes", Json::array({{{"name", "scratch"}, {"emptyDir", {{"sizeLimit", "1Gi"}}}}})}};
}

// DNS, and the address's port: on its host where that is an address.
Json ways_to(const std::string& reads_url) {
    const auto url = net::parse_url(reads_url);
    const std::int64_t port = url ? url->port : 443;
    Json out{{"ports", Json::array({{{"protocol", "TCP"}, {"port", port}}})}};
    if (url && is_ipv4(url->host)) {
        out["to"] = Json::array({{{"ipBlock", {{"cidr", url->host + "/32"}}}}});
    }
    const Json names{{"ports", Json::array({{{"protocol", "UDP"}, {"port", 53}},
                                            {{"protocol", "TCP"}, {"port", 53}}})}};
    return Json::array({std::move(out), names});
}

} // namespace

Json build_network_policy(const AuxiliaryDemand& demand) {
    return {{"apiVersion", "networking.k8s.io/v1"},
            {"kind", "NetworkPolicy"},
            {"metadata", metadata_of(demand)},
            {"spec",
             {{"podSelector", {{"matchLabels", {{records::auxiliary_label, demand.name}}}}},
              {"policyTypes", Json::array({"Ingress", "Egress"})},
              {"egress", demand.reads_url.empty() ? Json::array() : ways_to(demand.reads_url)}}}};
}

Json build_auxiliary_job(const AuxiliaryDemand& demand) {
    return {{"apiVersion", "batch/v1"},
            {"kind", "Job"},
            {"metadata", metadata_of(demand)},
            {"spec",
             {{"backoffLimit", 0},
              {"activeDeadlineSeconds", auxiliary_seconds_max},
              {"ttlSecondsAfterFinished", auxiliary_kept_seconds},
              {"podReplacementPolicy", "Failed"},
              {"template",
               {{"metadata", {{"labels", {{records::auxiliary_label, demand.name}}}}},
                {"spec", pod_spec(demand)}}}}}};
}

} // namespace pedigree::control

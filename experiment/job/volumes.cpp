// The volumes of a training pod. Credentials, token and journal lie on none that `train` mounts.

#include <set>

#include <nlohmann/json.hpp>

#include "experiment/job/job.h"

namespace pedigree::experiment {
namespace {

std::set<std::string> secret_names(const JobDemand& demand) {
    std::set<std::string> names{demand.platform.artifact_store.secret_name};
    for (const spec::InputSpec& input : demand.spec.inputs) {
        names.insert(input.secret_name);
    }
    if (demand.spec.mlflow) {
        names.insert(demand.spec.mlflow->secret_name);
    }
    names.erase("");
    return names;
}

// A claim that several inputs lie on is mounted once.
std::set<std::string> claim_names(const JobDemand& demand) {
    constexpr std::string_view scheme = "volume://";
    std::set<std::string> names;
    for (const spec::InputSpec& input : demand.spec.inputs) {
        if (input.uri.starts_with(scheme)) {
            const std::string rest = input.uri.substr(scheme.size());
            names.insert(rest.substr(0, rest.find('/')));
        }
    }
    return names;
}

} // namespace

Json pod_volumes(const JobDemand& demand) {
    const spec::ResourcesSpec& resources = demand.spec.resources;
    Json volumes = Json::array({
        {{"name", "workspace"}, {"emptyDir", {{"sizeLimit", resources.scratch}}}},
        {{"name", "tools"}, {"emptyDir", {{"sizeLimit", "64Mi"}}}},
        {{"name", "inputs"}, {"emptyDir", Json::object()}},
        {{"name", "journal"}, {"emptyDir", {{"sizeLimit", "1Gi"}}}},
        {{"name", "shared-memory"},
         {"emptyDir", {{"medium", "Memory"}, {"sizeLimit", resources.shared_memory}}}},
        {{"name", "configuration"}, {"configMap", {{"name", demand.attempt.job_name}}}},
        {{"name", "token"},
         {"projected",
          {{"sources", Json::array({{{"serviceAccountToken",
                                      {{"audience", "pedigree"},
                                       {"expirationSeconds", token_seconds},
                                       {"path", "token"}}}}})}}}},
    });
    // Numbered: a volume's name is a DNS label of at most 63 characters, what it mounts may have a
    // name with dots and of 253.
    int number = 0;
    for (const std::string& name : secret_names(demand)) {
        volumes.push_back({{"name", "secret-" + std::to_string(number++)},
                           {"secret", {{"secretName", name}, {"defaultMode", 0440}}}});
    }
    number = 0;
    for (const std::string& name : claim_names(demand)) {
        volumes.push_back({{"name", "claim-" + std::to_string(number++)},
                           {"persistentVolumeClaim", {{"claimName", name}, {"readOnly", true}}}});
    }
    return volumes;
}

} // namespace pedigree::experiment

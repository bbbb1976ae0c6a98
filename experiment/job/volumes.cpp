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
        {{"name", "token"},
         {"projected",
          {{"sources", Json::array({{{"serviceAccountToken",
                                      {{"audience", "pedigree"},
                                       {"expirationSeconds", token_seconds},
                                       {"path", "token"}}}}})}}}},
    });
    for (const std::string& name : secret_names(demand)) {
        volumes.push_back({{"name", "secret-" + name},
                           {"secret", {{"secretName", name}, {"defaultMode", 0440}}}});
    }
    for (const spec::InputSpec& input : demand.spec.inputs) {
        constexpr std::string_view scheme = "volume://";
        if (input.uri.rfind(scheme, 0) != 0) {
            continue;
        }
        const std::string rest = input.uri.substr(scheme.size());
        volumes.push_back({{"name", "claim-" + input.name},
                           {"persistentVolumeClaim",
                            {{"claimName", rest.substr(0, rest.find('/'))}, {"readOnly", true}}}});
    }
    return volumes;
}

} // namespace pedigree::experiment

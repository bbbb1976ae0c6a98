#include "operator/reconcile/pod_configuration.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/names.h"
#include "records/pod/config.h"
#include "records/pod/paths.h"

namespace pedigree::control {
namespace {

Status check_size(const Json& wanted) {
    const std::size_t bytes =
        string_or(at_path(wanted, {"data"}), records::pod::configuration_file_name).size();
    if (bytes <= records::pod::configuration_bytes_max) {
        return {};
    }
    return failure(ErrorCode::TooLarge, "PodConfigurationTooLarge",
                   fmt::format("the pod's configuration has {} bytes, at most {} may be: the "
                               "parameters (E0115), inputs and outputs of the spec, and the "
                               "platform's caBundle, have to be smaller",
                               bytes, records::pod::configuration_bytes_max));
}

bool says_the_same(const Json& found, const Json& wanted) {
    return at_path(found, {"data"}) == at_path(wanted, {"data"}) && bool_or(found, "immutable") &&
           !found.contains("binaryData");
}

// A deletion of the Experiment with --cascade=orphan takes the owner away, not the label.
bool is_of(const Json& found, const std::string& experiment_uid) {
    const std::string owner = k8s::controller_uid_of(found);
    return owner == experiment_uid ||
           (owner.empty() && k8s::label_of(found, records::experiment_label) == experiment_uid);
}

} // namespace

Result<bool> lay_configuration(k8s::Api& api, const Json& wanted) {
    TRY(check_size(wanted));
    const k8s::ObjectKey key = k8s::key_of(wanted);
    const auto found = api.get(k8s::config_maps, key);
    if (!found && found.error().code != ErrorCode::NotFound) {
        return tl::unexpected<Error>(found.error());
    }
    if (found && k8s::controller_uid_of(*found) != k8s::controller_uid_of(wanted)) {
        return failure(ErrorCode::AlreadyExists, "ConfigMapNameTaken",
                       "a ConfigMap named " + key.name +
                           " exists and is not ours; delete or rename it, then run again");
    }
    if (found && says_the_same(*found, wanted)) {
        return false;
    }
    if (found) {
        TRY(api.remove(k8s::config_maps, key,
                       {.propagation = k8s::Propagation::Background,
                        .uid = k8s::uid_of(*found),
                        .resource_version = ""}));
    }
    const auto created = api.create(k8s::config_maps, wanted);
    if (!created && created.error().code == ErrorCode::AlreadyExists) {
        return failure(ErrorCode::Conflict, "ConfigMap " + key.text() + " came from elsewhere");
    }
    return created ? Result<bool>(true) : tl::unexpected<Error>(created.error());
}

Result<bool> remove_configuration(k8s::Api& api, const k8s::ObjectKey& key,
                                  const std::string& experiment_uid) {
    const auto found = api.get(k8s::config_maps, key);
    if (!found) {
        return found.error().code == ErrorCode::NotFound ? Result<bool>(false)
                                                         : tl::unexpected<Error>(found.error());
    }
    if (!is_of(*found, experiment_uid) || k8s::is_being_deleted(*found)) {
        return false;
    }
    const Status removed = api.remove(k8s::config_maps, key,
                                      {.propagation = k8s::Propagation::Background,
                                       .uid = k8s::uid_of(*found),
                                       .resource_version = ""});
    if (!removed && removed.error().code != ErrorCode::NotFound) {
        return tl::unexpected<Error>(removed.error());
    }
    return true;
}

} // namespace pedigree::control

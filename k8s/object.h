#pragma once
// Names for what the API server holds: resource types (group, version, plural), keys (namespace and
// name), and immutable objects as JSON. Pure; any thread.

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace pedigree::k8s {

enum class Scope { Namespaced, Cluster };

struct ResourceType {
    std::string_view group; // "" is the core group
    std::string_view version;
    std::string_view plural;
    std::string_view kind;
    Scope scope = Scope::Namespaced;

    bool operator==(const ResourceType&) const = default;

    std::string api_version() const; // "batch/v1", "v1"
    // "/apis/batch/v1/namespaces/vision/jobs/x"; an empty namespace spans all, an empty name is the
    // collection; each part is percent-encoded.
    std::string path(std::string_view name_space, std::string_view name = "",
                     std::string_view subresource = "") const;
};

inline constexpr ResourceType pods{"", "v1", "pods", "Pod"};
inline constexpr ResourceType secrets{"", "v1", "secrets", "Secret"};
inline constexpr ResourceType config_maps{"", "v1", "configmaps", "ConfigMap"};
inline constexpr ResourceType events{"", "v1", "events", "Event"};
inline constexpr ResourceType nodes{"", "v1", "nodes", "Node", Scope::Cluster};
inline constexpr ResourceType namespaces{"", "v1", "namespaces", "Namespace", Scope::Cluster};
inline constexpr ResourceType jobs{"batch", "v1", "jobs", "Job"};
inline constexpr ResourceType leases{"coordination.k8s.io", "v1", "leases", "Lease"};
inline constexpr ResourceType api_services{"apiregistration.k8s.io", "v1", "apiservices",
                                           "APIService", Scope::Cluster};

struct ObjectKey {
    std::string name_space; // empty for cluster-scoped objects
    std::string name;

    auto operator<=>(const ObjectKey&) const = default;
    std::string text() const; // "vision/mnist-1"
};

// Cached objects are shared and never change.
using Object = std::shared_ptr<const Json>;

ObjectKey key_of(const Json& object);
std::string uid_of(const Json& object);
std::string resource_version_of(const Json& object);
// The value of a label or annotation; empty: absent.
std::string label_of(const Json& object, std::string_view name);
std::string annotation_of(const Json& object, std::string_view name);
// The uid of the owner with controller: true; empty: none.
std::string controller_uid_of(const Json& object);
// Its name.
std::string controller_name_of(const Json& object);
bool is_being_deleted(const Json& object);

// Order of two resource versions of one resource: longer is greater, else by bytes. Empty: one of
// them is not a decimal number without leading zero, so they cannot be compared.
std::optional<std::strong_ordering> compare_resource_versions(std::string_view a,
                                                              std::string_view b);

// Removes metadata.managedFields and the last-applied annotation: up to 40 KB that nobody reads.
void drop_unread_metadata(Json& object);

// Of a cached object: anybody may write annotations of 256 KiB to what is his, and nobody reads
// them.
constexpr std::size_t annotation_bytes_kept = 8 * 1024;
void drop_large_annotations(Json& object);

// About what the value holds of memory.
std::size_t bytes_held_by(const Json& value);

} // namespace pedigree::k8s

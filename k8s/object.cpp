#include "k8s/object.h"

#include <nlohmann/json.hpp>

#include "net/url.h"

namespace pedigree::k8s {
namespace {

constexpr const char* last_applied = "kubectl.kubernetes.io/last-applied-configuration";

bool is_version_number(std::string_view text) {
    return !text.empty() && text.front() != '0' &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

std::string ResourceType::api_version() const {
    return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::string ResourceType::path(std::string_view name_space, std::string_view name,
                               std::string_view subresource) const {
    std::string out = (group.empty() ? "/api/" : "/apis/") + api_version();
    if (scope == Scope::Namespaced && !name_space.empty()) {
        out += "/namespaces/" + net::percent_encode(name_space);
    }
    out += "/" + std::string(plural);
    if (!name.empty()) {
        out += "/" + net::percent_encode(name);
    }
    if (!subresource.empty()) {
        out += "/" + net::percent_encode(subresource);
    }
    return out;
}

std::string ObjectKey::text() const {
    return name_space.empty() ? name : name_space + "/" + name;
}

ObjectKey key_of(const Json& object) {
    const Json& metadata = at_path(object, {"metadata"});
    return {string_or(metadata, "namespace"), string_or(metadata, "name")};
}

std::string uid_of(const Json& object) {
    return string_or(at_path(object, {"metadata"}), "uid");
}

std::string resource_version_of(const Json& object) {
    return string_or(at_path(object, {"metadata"}), "resourceVersion");
}

std::string label_of(const Json& object, std::string_view name) {
    return string_or(at_path(object, {"metadata", "labels"}), name);
}

std::string annotation_of(const Json& object, std::string_view name) {
    return string_or(at_path(object, {"metadata", "annotations"}), name);
}

namespace {

const Json& controller_of(const Json& object) {
    static const Json none;
    const Json& owners = at_path(object, {"metadata", "ownerReferences"});
    if (owners.is_array()) {
        for (const auto& owner : owners) {
            if (bool_or(owner, "controller")) {
                return owner;
            }
        }
    }
    return none;
}

} // namespace

std::string controller_uid_of(const Json& object) {
    return string_or(controller_of(object), "uid");
}

std::string controller_name_of(const Json& object) {
    return string_or(controller_of(object), "name");
}

bool is_being_deleted(const Json& object) {
    return !string_or(at_path(object, {"metadata"}), "deletionTimestamp").empty();
}

std::optional<std::strong_ordering> compare_resource_versions(std::string_view a,
                                                              std::string_view b) {
    if (!is_version_number(a) || !is_version_number(b)) {
        return std::nullopt;
    }
    return a.size() != b.size() ? a.size() <=> b.size() : a <=> b;
}

void drop_unread_metadata(Json& object) {
    const auto metadata = object.is_object() ? object.find("metadata") : object.end();
    if (metadata == object.end() || !metadata->is_object()) {
        return;
    }
    metadata->erase("managedFields");
    const auto annotations = metadata->find("annotations");
    if (annotations != metadata->end() && annotations->is_object()) {
        annotations->erase(last_applied);
    }
}

void drop_large_annotations(Json& object) {
    const auto metadata = object.is_object() ? object.find("metadata") : object.end();
    if (metadata == object.end() || !metadata->is_object()) {
        return;
    }
    const auto annotations = metadata->find("annotations");
    if (annotations == metadata->end() || !annotations->is_object()) {
        return;
    }
    for (auto it = annotations->begin(); it != annotations->end();) {
        const bool large =
            it->is_string() && it->get_ref<const std::string&>().size() > annotation_bytes_kept;
        it = large ? annotations->erase(it) : std::next(it);
    }
}

std::size_t bytes_held_by(const Json& value) {
    constexpr std::size_t node_bytes = 48; // a node of a map or vector, about
    std::size_t bytes = node_bytes;
    if (value.is_string()) {
        bytes += value.get_ref<const std::string&>().size();
    }
    if (value.is_structured()) {
        for (const auto& [key, child] : value.items()) {
            bytes += (value.is_object() ? key.size() : 0) + bytes_held_by(child);
        }
    }
    return bytes;
}

} // namespace pedigree::k8s

#include "k8s/store.h"

#include <nlohmann/json.hpp>

namespace pedigree::k8s {

Store::Store(std::vector<std::string> indexed_labels)
    : indexed_labels_(std::move(indexed_labels)) {}

Object Store::get(const ObjectKey& key) const {
    auto content = content_.lock();
    const auto found = content->objects.find(key);
    return found == content->objects.end() ? nullptr : found->second;
}

std::vector<Object> Store::all() const {
    auto content = content_.lock();
    std::vector<Object> out;
    out.reserve(content->objects.size());
    for (const auto& [key, object] : content->objects) {
        out.push_back(object);
    }
    return out;
}

std::vector<Object> Store::in_namespace(std::string_view name) const {
    auto content = content_.lock();
    std::vector<Object> out;
    for (auto it = content->objects.lower_bound({std::string(name), ""});
         it != content->objects.end() && it->first.name_space == name; ++it) {
        out.push_back(it->second);
    }
    return out;
}

std::vector<Object> Store::collect(const Content& content, const std::set<ObjectKey>& keys) {
    std::vector<Object> out;
    out.reserve(keys.size());
    for (const auto& key : keys) {
        out.push_back(content.objects.at(key));
    }
    return out;
}

std::vector<Object> Store::controlled_by(const std::string& uid) const {
    auto content = content_.lock();
    const auto found = content->by_controller.find(uid);
    return found == content->by_controller.end() ? std::vector<Object>()
                                                 : collect(*content, found->second);
}

std::vector<Object> Store::with_label(const std::string& label, const std::string& value) const {
    auto content = content_.lock();
    const auto found = content->by_label.find({label, value});
    return found == content->by_label.end() ? std::vector<Object>()
                                            : collect(*content, found->second);
}

std::size_t Store::size() const {
    return content_.lock()->objects.size();
}

std::string Store::resource_version() const {
    return content_.lock()->resource_version;
}

bool Store::has_synced() const {
    return content_.lock()->synced;
}

bool Store::has_seen(std::string_view resource_version) const {
    const auto order =
        compare_resource_versions(content_.lock()->resource_version, resource_version);
    return order && *order >= 0;
}

void Store::index(Content& content, const ObjectKey& key, const Json& object) const {
    if (const auto uid = controller_uid_of(object); !uid.empty()) {
        content.by_controller[uid].insert(key);
    }
    for (const auto& label : indexed_labels_) {
        if (const auto value = label_of(object, label); !value.empty()) {
            content.by_label[{label, value}].insert(key);
        }
    }
}

void Store::unindex(Content& content, const ObjectKey& key, const Json& object) const {
    const auto drop = [&key](auto& map, const auto& entry) {
        const auto found = map.find(entry);
        if (found != map.end() && found->second.erase(key) > 0 && found->second.empty()) {
            map.erase(found);
        }
    };
    drop(content.by_controller, controller_uid_of(object));
    for (const auto& label : indexed_labels_) {
        drop(content.by_label, std::pair(label, label_of(object, label)));
    }
}

// The version of a whole list or of a single event moves forward only.
void Store::advance(Content& content, const std::string& resource_version) {
    const auto order = compare_resource_versions(content.resource_version, resource_version);
    if (!order || *order < 0) {
        content.resource_version = resource_version;
    }
}

std::vector<Change> Store::put_locked(Content& content, Object object) const {
    const ObjectKey key = key_of(*object);
    const std::string version = resource_version_of(*object);
    const auto found = content.objects.find(key);
    if (found == content.objects.end()) {
        index(content, key, *object);
        content.objects.emplace(key, object);
        return {{Change::Type::Added, std::move(object), nullptr, false}};
    }
    const Object before = found->second;
    const bool same_object = uid_of(*before) == uid_of(*object);
    const auto order = compare_resource_versions(resource_version_of(*before), version);
    if (same_object && order && *order >= 0) { // seen already, or older than what is known
        return {};
    }
    unindex(content, key, *before);
    index(content, key, *object);
    found->second = object;
    if (same_object) {
        return {{Change::Type::Updated, std::move(object), before, false}};
    }
    return {{Change::Type::Deleted, before, nullptr, true},
            {Change::Type::Added, std::move(object), nullptr, false}};
}

std::vector<Change> Store::put(Object object) {
    auto content = content_.lock();
    advance(*content, resource_version_of(*object));
    return put_locked(*content, std::move(object));
}

std::vector<Change> Store::remove(Object last_state) {
    auto content = content_.lock();
    advance(*content, resource_version_of(*last_state));
    const ObjectKey key = key_of(*last_state);
    const auto found = content->objects.find(key);
    if (found == content->objects.end() || uid_of(*found->second) != uid_of(*last_state)) {
        return {};
    }
    unindex(*content, key, *found->second);
    content->objects.erase(found);
    return {{Change::Type::Deleted, std::move(last_state), nullptr, false}};
}

std::vector<Change> Store::replace_all(std::vector<Object> objects, std::string resource_version) {
    auto content = content_.lock();
    std::set<ObjectKey> listed;
    std::vector<Change> changes;
    for (auto& object : objects) {
        listed.insert(key_of(*object));
        auto caused = put_locked(*content, std::move(object));
        std::move(caused.begin(), caused.end(), std::back_inserter(changes));
    }
    for (auto it = content->objects.begin(); it != content->objects.end();) {
        if (listed.contains(it->first)) {
            ++it;
            continue;
        }
        changes.push_back({Change::Type::Deleted, it->second, nullptr, true});
        unindex(*content, it->first, *it->second);
        it = content->objects.erase(it);
    }
    advance(*content, resource_version);
    content->synced = true;
    return changes;
}

void Store::set_resource_version(std::string resource_version) {
    advance(*content_.lock(), resource_version);
}

} // namespace pedigree::k8s

#include "tests/fakes/fake_api.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree {
namespace {

constexpr const char* foreground_finalizer = "foregroundDeletion";

tl::unexpected<Error> refused(ErrorCode code, std::string reason, const k8s::ObjectKey& key) {
    return failure(code, reason, key.text() + ": " + reason);
}

bool has_finalizers(const Json& object) {
    return !at_path(object, {"metadata", "finalizers"}).empty();
}

void remove_finalizer(Json& object, const std::string& finalizer) {
    Json kept = Json::array();
    for (const Json& entry : at_path(object, {"metadata", "finalizers"})) {
        if (entry != finalizer) {
            kept.push_back(entry);
        }
    }
    object["metadata"]["finalizers"] = std::move(kept);
}

bool has_label(const Json& object, const std::string& selector) {
    const auto equals = selector.find('=');
    if (equals == selector.npos) { // it has to be there
        return selector.empty() || !k8s::label_of(object, selector).empty();
    }
    return k8s::label_of(object, selector.substr(0, equals)) == selector.substr(equals + 1);
}

} // namespace

Status FakeApi::ask(FaultPoint point, const std::string& verb, const k8s::ResourceType& type) {
    calls_ += point == FaultPoint::Before;
    return fault ? fault(point, verb + " " + std::string(type.plural)) : Status();
}

void FakeApi::count_write(bool changed_something, const std::string& verb,
                          const k8s::ResourceType& type, const k8s::ObjectKey& key) {
    writes_ += changed_something;
    if (!changed_something) {
        idle_writes_.push_back(verb + " " + std::string(type.plural) + " " + key.text());
    }
}

Result<Json> FakeApi::get(const k8s::ResourceType& type, const k8s::ObjectKey& key) {
    TRY(ask(FaultPoint::Before, "get", type));
    const k8s::Object object = seen(type, key);
    if (!object) {
        return refused(ErrorCode::NotFound, "NotFound", key);
    }
    return *object;
}

Result<k8s::ObjectList> FakeApi::list(const k8s::ResourceType& type,
                                      const k8s::ListOptions& options) {
    TRY(ask(FaultPoint::Before, "list", type));
    k8s::ObjectList found;
    found.resource_version = std::to_string(version_);
    for (const k8s::Object& object : all(type)) {
        const bool here =
            options.name_space.empty() || k8s::key_of(*object).name_space == options.name_space;
        if (here && has_label(*object, options.label_selector)) {
            found.items.push_back(object);
        }
    }
    return found;
}

Status FakeApi::pod_log(const k8s::ObjectKey& pod, const k8s::LogOptions&,
                        const k8s::ByteSink& sink, std::stop_token) {
    TRY(ask(FaultPoint::Before, "get log of", k8s::pods));
    const auto found = logs.find(pod);
    return found == logs.end() ? failure(ErrorCode::NotFound, "no pod " + pod.text())
                               : sink(found->second);
}

Result<Json> FakeApi::create(const k8s::ResourceType& type, const Json& object) {
    TRY(ask(FaultPoint::Before, "create", type));
    const k8s::ObjectKey key = k8s::key_of(object);
    if (seen(type, key)) {
        count_write(false, "create", type, key);
        return refused(ErrorCode::AlreadyExists, "AlreadyExists", key);
    }
    const k8s::Object created = put(type, object);
    ++writes_;
    TRY(ask(FaultPoint::After, "create", type));
    return *created;
}

Result<Json> FakeApi::replace(const k8s::ResourceType& type, const Json& object) {
    TRY(ask(FaultPoint::Before, "replace", type));
    const k8s::ObjectKey key = k8s::key_of(object);
    const k8s::Object known = seen(type, key);
    if (!known) {
        return refused(ErrorCode::NotFound, "NotFound", key);
    }
    if (k8s::resource_version_of(object) != k8s::resource_version_of(*known)) {
        return refused(ErrorCode::Conflict, "Conflict", key);
    }
    store(std::string(type.plural), key, object);
    ++writes_;
    TRY(ask(FaultPoint::After, "replace", type));
    return object;
}

Result<Json> FakeApi::patch(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                            k8s::PatchKind kind, const Json& body,
                            const k8s::PatchOptions& options) {
    TRY(ask(FaultPoint::Before, "patch", type));
    if (kind != k8s::PatchKind::Merge) {
        return failure(ErrorCode::Internal, "this double knows merge patches only");
    }
    const k8s::Object known = seen(type, key);
    if (!known) {
        return refused(ErrorCode::NotFound, "NotFound", key);
    }
    const Json& metadata = at_path(body, {"metadata"});
    const std::string version = string_or(metadata, "resourceVersion");
    if (!version.empty() && version != k8s::resource_version_of(*known)) {
        return refused(ErrorCode::Conflict, "Conflict", key);
    }
    Json merged = *known;
    merged.merge_patch(body);
    if (options.subresource == "status") {
        Json only_status = *known;
        only_status["status"] = at_path(merged, {"status"});
        merged = std::move(only_status);
    } else {
        merged["status"] = at_path(*known, {"status"});
    }
    if (at_path(merged, {"status"}).is_null()) {
        merged.erase("status");
    }
    count_write(merged != *known, "patch", type, key);
    if (merged != *known) {
        store(std::string(type.plural), key, merged);
        settle();
    }
    TRY(ask(FaultPoint::After, "patch", type));
    const k8s::Object now = seen(type, key);
    return now ? *now : merged;
}

Status FakeApi::remove(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                       const k8s::DeleteOptions& options) {
    TRY(ask(FaultPoint::Before, "delete", type));
    const k8s::Object known = seen(type, key);
    if (!known) {
        return refused(ErrorCode::NotFound, "NotFound", key);
    }
    if (!options.uid.empty() && options.uid != k8s::uid_of(*known)) {
        return refused(ErrorCode::Conflict, "Conflict", key);
    }
    count_write(!k8s::is_being_deleted(*known), "delete", type, key);
    erase(type, key, options);
    return ask(FaultPoint::After, "delete", type);
}

Status FakeApi::watch(const k8s::ResourceType&, const k8s::WatchOptions&, const k8s::ByteSink&,
                      std::stop_token) {
    return failure(ErrorCode::Internal, "this double has no watch; see `changed`");
}

k8s::Object FakeApi::seen(const k8s::ResourceType& type, const k8s::ObjectKey& key) const {
    const auto shelf = shelves_.find(std::string(type.plural));
    if (shelf == shelves_.end()) {
        return nullptr;
    }
    const auto found = shelf->second.find(key);
    return found == shelf->second.end() ? nullptr : found->second;
}

std::vector<k8s::Object> FakeApi::all(const k8s::ResourceType& type) const {
    std::vector<k8s::Object> objects;
    const auto shelf = shelves_.find(std::string(type.plural));
    if (shelf != shelves_.end()) {
        for (const auto& [key, object] : shelf->second) {
            objects.push_back(object);
        }
    }
    return objects;
}

k8s::Object FakeApi::put(const k8s::ResourceType& type, Json object) {
    Json& metadata = object["metadata"];
    if (string_or(metadata, "uid").empty()) {
        ++uids_;
        metadata["uid"] = fmt::format("{:08x}-0000-4000-8000-{:012x}", uids_, uids_);
    }
    metadata["creationTimestamp"] = to_kubernetes_time(clock_.now());
    const k8s::ObjectKey key = k8s::key_of(object);
    store(std::string(type.plural), key, std::move(object));
    return seen(type, key);
}

void FakeApi::edit(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                   const std::function<void(Json&)>& change) {
    const k8s::Object known = seen(type, key);
    if (!known) {
        return;
    }
    Json edited = *known;
    change(edited);
    if (edited != *known) {
        store(std::string(type.plural), key, std::move(edited));
        settle();
    }
}

void FakeApi::erase(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                    const k8s::DeleteOptions& options) {
    mark_deleted(std::string(type.plural), key,
                 options.propagation == k8s::Propagation::Foreground);
    if (options.propagation == k8s::Propagation::Orphan) {
        orphan(type, key);
    }
    settle();
}

void FakeApi::orphan(const k8s::ResourceType& type, const k8s::ObjectKey& key) {
    for (const auto& [plural, child] :
         children_of(k8s::uid_of(*shelves_[std::string(type.plural)][key]))) {
        Json freed = *shelves_[plural][child];
        freed["metadata"].erase("ownerReferences");
        store(plural, child, std::move(freed));
    }
}

void FakeApi::store(const std::string& plural, const k8s::ObjectKey& key, Json object) {
    object["metadata"]["resourceVersion"] = std::to_string(++version_);
    k8s::Object& place = shelves_[plural][key];
    const k8s::Object before = place;
    place = std::make_shared<const Json>(std::move(object));
    const k8s::Object after = place;
    if (changed) {
        changed(plural, before, after);
    }
}

void FakeApi::drop(const std::string& plural, const k8s::ObjectKey& key) {
    const k8s::Object before = shelves_[plural][key];
    shelves_[plural].erase(key);
    ++version_;
    if (changed) {
        changed(plural, before, nullptr);
    }
    for (const auto& [child_plural, child] : children_of(k8s::uid_of(*before))) {
        mark_deleted(child_plural, child, false);
    }
}

void FakeApi::mark_deleted(const std::string& plural, const k8s::ObjectKey& key, bool foreground) {
    const auto found = shelves_[plural].find(key);
    if (found == shelves_[plural].end()) {
        return;
    }
    Json object = *found->second;
    Json& metadata = object["metadata"];
    if (!k8s::is_being_deleted(object)) {
        metadata["deletionTimestamp"] = to_kubernetes_time(clock_.now());
    }
    if (foreground) {
        remove_finalizer(object, foreground_finalizer);
        metadata["finalizers"].push_back(foreground_finalizer);
    }
    if (object != *found->second) {
        store(plural, key, std::move(object));
    }
}

std::vector<std::pair<std::string, k8s::ObjectKey>>
FakeApi::children_of(const std::string& uid) const {
    std::vector<std::pair<std::string, k8s::ObjectKey>> children;
    for (const auto& [plural, shelf] : shelves_) {
        for (const auto& [key, object] : shelf) {
            if (k8s::controller_uid_of(*object) == uid) {
                children.emplace_back(plural, key);
            }
        }
    }
    return children;
}

void FakeApi::settle() {
    for (bool again = true; again;) {
        again = false;
        std::vector<std::pair<std::string, k8s::Object>> deleted;
        for (const auto& [plural, shelf] : shelves_) {
            for (const auto& [key, object] : shelf) {
                if (k8s::is_being_deleted(*object)) {
                    deleted.emplace_back(plural, object);
                }
            }
        }
        for (const auto& [plural, object] : deleted) {
            const k8s::ObjectKey key = k8s::key_of(*object);
            const Json& finalizers = at_path(*object, {"metadata", "finalizers"});
            if (!has_finalizers(*object)) {
                drop(plural, key);
                again = true;
                continue;
            }
            if (std::find(finalizers.begin(), finalizers.end(), foreground_finalizer) ==
                finalizers.end()) {
                continue;
            }
            const auto children = children_of(k8s::uid_of(*object));
            for (const auto& [child_plural, child] : children) {
                const k8s::Object known = shelves_[child_plural][child];
                if (!k8s::is_being_deleted(*known)) {
                    mark_deleted(child_plural, child, false);
                    again = true;
                }
            }
            if (children.empty()) {
                Json freed = *object;
                remove_finalizer(freed, foreground_finalizer);
                store(plural, key, std::move(freed));
                again = true;
            }
        }
    }
}

} // namespace pedigree

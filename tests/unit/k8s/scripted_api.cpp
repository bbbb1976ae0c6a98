#include "tests/unit/k8s/scripted_api.h"

#include <nlohmann/json.hpp>

namespace pedigree::k8s {
namespace {

std::string slot(const ResourceType& type, const ObjectKey& key) {
    return std::string(type.plural) + "/" + key.text();
}

} // namespace

Result<Json> ScriptedApi::get(const ResourceType& type, const ObjectKey& key) {
    if (before) {
        TRY(before("get"));
    }
    const auto found = objects.find(slot(type, key));
    if (found == objects.end()) {
        return failure(ErrorCode::NotFound, key.text() + " not found");
    }
    return Json::parse(found->second);
}

Result<ObjectList> ScriptedApi::list(const ResourceType&, const ListOptions& options) {
    listed.push_back(options);
    if (list_answers.empty()) {
        return ObjectList{{}, std::to_string(version)};
    }
    auto answer = std::move(list_answers.front());
    list_answers.erase(list_answers.begin());
    return answer;
}

Result<Json> ScriptedApi::create(const ResourceType& type, const Json& object) {
    if (before) {
        TRY(before("create"));
    }
    Json made = object;
    made["metadata"]["resourceVersion"] = std::to_string(++version);
    const auto [at, fresh] = objects.emplace(slot(type, key_of(object)), made.dump());
    if (!fresh) {
        return failure(ErrorCode::AlreadyExists, key_of(object).text() + " already exists");
    }
    return made;
}

Result<Json> ScriptedApi::replace(const ResourceType& type, const Json& object) {
    if (before) {
        TRY(before("replace"));
    }
    TRY(const auto now, get(type, key_of(object)));
    if (resource_version_of(now) != resource_version_of(object)) {
        return failure(ErrorCode::Conflict, "the object has been modified");
    }
    Json changed = object;
    changed["metadata"]["resourceVersion"] = std::to_string(++version);
    objects[slot(type, key_of(object))] = changed.dump();
    return changed;
}

Result<Json> ScriptedApi::patch(const ResourceType& type, const ObjectKey& key, PatchKind,
                                const Json& body, const PatchOptions&) {
    TRY(auto now, get(type, key));
    now.merge_patch(body);
    now["metadata"]["resourceVersion"] = std::to_string(++version);
    objects[slot(type, key)] = now.dump();
    return now;
}

Status ScriptedApi::remove(const ResourceType& type, const ObjectKey& key, const DeleteOptions&) {
    return objects.erase(slot(type, key)) > 0 ? Status()
                                              : failure(ErrorCode::NotFound, "not found");
}

Status ScriptedApi::watch(const ResourceType&, const WatchOptions& options, const ByteSink& sink,
                          std::stop_token) {
    watched.push_back(options);
    if (watches.empty()) {
        end.request_stop();
        return {};
    }
    const auto script = std::move(watches.front());
    watches.erase(watches.begin());
    return script(options, sink);
}

std::string event_line(std::string_view type, const Json& object) {
    return Json{{"type", type}, {"object", object}}.dump() + "\n";
}

Json bookmark(const std::string& resource_version, bool initial_events_end) {
    Json object{{"kind", "ConfigMap"}, {"metadata", {{"resourceVersion", resource_version}}}};
    if (initial_events_end) {
        object["metadata"]["annotations"]["k8s.io/initial-events-end"] = "true";
    }
    return object;
}

Json object_at(const std::string& name, const std::string& uid, const std::string& version) {
    return {
        {"kind", "ConfigMap"},
        {"metadata",
         {{"namespace", "vision"}, {"name", name}, {"uid", uid}, {"resourceVersion", version}}}};
}

} // namespace pedigree::k8s

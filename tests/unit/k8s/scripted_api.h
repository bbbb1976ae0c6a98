#pragma once
// An Api that stands in for an API server: objects in a map, resource versions that count up, and
// watch streams that the test scripts line by line. Conflicts are real (PUT with an old version).

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "k8s/api.h"

namespace pedigree::k8s {

struct ScriptedApi final : Api {
    Result<Json> get(const ResourceType& type, const ObjectKey& key) override;
    Result<ObjectList> list(const ResourceType& type, const ListOptions& options) override;
    Result<Json> create(const ResourceType& type, const Json& object) override;
    Result<Json> replace(const ResourceType& type, const Json& object) override;
    Result<Json> patch(const ResourceType& type, const ObjectKey& key, PatchKind kind,
                       const Json& body, const PatchOptions& options) override;
    Status remove(const ResourceType& type, const ObjectKey& key,
                  const DeleteOptions& options) override;
    Status watch(const ResourceType& type, const WatchOptions& options, const ByteSink& sink,
                 std::stop_token stop) override;
    Status pod_log(const ObjectKey& pod, const LogOptions&, const ByteSink&,
                   std::stop_token) override {
        return failure(ErrorCode::NotFound, "no log of " + pod.text());
    }

    // One entry a watch call; when none is left the last is used up and the stop source is set.
    using WatchScript = std::function<Status(const WatchOptions& options, const ByteSink& sink)>;
    std::vector<WatchScript> watches;
    std::vector<WatchOptions> watched;
    std::vector<ListOptions> listed;
    std::vector<Result<ObjectList>> list_answers;        // used before the objects below
    std::map<std::string, std::string> objects;          // "plural/namespace/name" -> JSON
    std::function<Status(std::string_view call)> before; // an error here is the answer
    std::stop_source end;                                // set when the watch script has ended
    int version = 100;
};

// One line of a watch stream.
std::string event_line(std::string_view type, const Json& object);
Json bookmark(const std::string& resource_version, bool initial_events_end = false);
Json object_at(const std::string& name, const std::string& uid, const std::string& version);

} // namespace pedigree::k8s

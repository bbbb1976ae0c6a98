#pragma once
// Api: what a controller asks of an API server. Client speaks to a real one, a simulation fakes it.
// Calls block, bounded in time. Errors carry the server's `reason` and message (cut) and these
// codes: NotFound, AlreadyExists, Conflict, InvalidInput (Invalid, BadRequest), Unauthorized,
// Forbidden, Gone (expired resource version, a namespace that is being deleted), TooLarge, TooMany
// (with retry_after, or with quota_reason: a quota of the namespace is used up), Timeout,
// Unavailable, Cancelled. AlreadyExists and Conflict are told apart by `reason`, both are 409. No
// call is repeated blindly: after an error of a create its outcome may be unknown, and the caller
// reads back.

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "k8s/object.h"

namespace pedigree::k8s {

constexpr int list_page_items = 500;
// Error::reason of what a ResourceQuota refuses until something ends.
constexpr const char* quota_reason = "QuotaExceeded";

struct ListOptions {
    std::string name_space; // empty: all
    std::string label_selector;
    std::string field_selector;
    std::string resource_version; // "": most recent, "0": any, from the server's cache
};

struct ObjectList {
    std::vector<Object> items;
    std::string resource_version;
};

enum class PatchKind {
    Json,  // RFC 6902
    Merge, // RFC 7386
    Apply, // server-side apply: only owned fields in the body
};

struct PatchOptions {
    std::string subresource;   // "status"
    std::string field_manager; // required for Apply
    bool force = false;        // Apply: take fields from other managers; only on children we own
};

enum class Propagation { Background, Foreground, Orphan };
Words<Propagation> words_of(Propagation);

// The propagation has no default at the server that fits a Job (its pods would be orphaned), so it
// is always sent.
struct DeleteOptions {
    Propagation propagation = Propagation::Background;
    std::string uid;              // precondition; empty: none
    std::string resource_version; // precondition; empty: none
};

struct WatchOptions {
    std::string name_space;
    std::string label_selector;
    std::string field_selector;
    std::string resource_version;
    bool send_initial_events = false; // WatchList
    std::chrono::seconds timeout{0};  // the server ends the stream then; 0: its own choice
    std::chrono::milliseconds idle{90000};
};

// Log of a container of a pod.
struct LogOptions {
    std::string container;
    bool follow = false;
    bool previous = false;
    std::optional<std::int64_t> tail_lines;
    bool timestamps = false;
};

// Takes bytes as they arrive, cut anywhere; an error ends the stream with it.
using ByteSink = std::function<Status(std::string_view bytes)>;

class Api {
  public:
    virtual ~Api() = default;

    virtual Result<Json> get(const ResourceType& type, const ObjectKey& key) = 0;
    // All pages; one full list instead when a page has expired.
    virtual Result<ObjectList> list(const ResourceType& type, const ListOptions& options) = 0;
    // The namespace is the object's metadata.namespace.
    virtual Result<Json> create(const ResourceType& type, const Json& object) = 0;
    // PUT; carries the object's resourceVersion, so a concurrent change is a Conflict.
    virtual Result<Json> replace(const ResourceType& type, const Json& object) = 0;
    virtual Result<Json> patch(const ResourceType& type, const ObjectKey& key, PatchKind kind,
                               const Json& body, const PatchOptions& options) = 0;
    virtual Status remove(const ResourceType& type, const ObjectKey& key,
                          const DeleteOptions& options) = 0;
    // Streams watch events (a JSON document a line, see k8s/watch.h) until the server ends it: then
    // ok. Gone, InvalidInput and the like come from the answer's status.
    virtual Status watch(const ResourceType& type, const WatchOptions& options,
                         const ByteSink& sink, std::stop_token stop) = 0;
    // The log as far as it is kept, or, with `follow`, until the container ends.
    virtual Status pod_log(const ObjectKey& pod, const LogOptions& options, const ByteSink& sink,
                           std::stop_token stop) = 0;
};

} // namespace pedigree::k8s

#pragma once
// Reflector: keeps a Store equal to what the API server holds. Begins with a streaming list
// (WatchList), falls back to LIST and WATCH for good when the server does not know it or does not
// finish it in time, resumes a broken watch from the last resource version, lists again only when
// that version has expired. The streaming list ends at the end of its initial events and a plain
// watch goes on from there, as the two want different limits of silence.
//
//     WatchList --- bookmark "initial-events-end" --+
//         |                                          +---> following: a stream that ends is resumed
//         | refused, silent, or ended early twice    |     at its last version; 410 Gone begins
//         +-----> LIST, from now on -----------------+     again on the left
//
// The protocol (Kubernetes' API concepts, "Efficient detection of changes"; KEP 3157): every object
// and list has a resourceVersion, opaque and only comparable by the server. A watch from version v
// sends what came behind v, in order, once; a bookmark moves v on without an object, so that a
// quiet kind does not expire. The server forgets old versions: 410. A LIST may ask for
//     ""      the newest, read from etcd: correct and dear
//     "0"     whatever the server's cache has: cheap, possibly older than what was seen before
//     "v"     nothing older than v
// so a first list says "0", a later one its last version (time must not go backwards for a
// controller), and only where that version has expired or is unknown once "".
//
// What a reader may rely on: the store holds at each moment what the API server held at one moment,
// maybe some seconds ago; a handler hears of each change after the store has it; an object that
// changed and changed back in a gap is not heard of. That is why the reconciler asks the API server
// itself before it acts.
//
// What is too large to be read (k8s/watch.h) or kept is left out, said in the log and counted, and
// the others go on. run belongs to one thread, the counters to any.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/backoff.h"
#include "k8s/api.h"
#include "k8s/store.h"
#include "k8s/watch.h"

namespace pedigree::k8s {

struct ReflectorOptions {
    std::string name_space;
    std::string label_selector;
    std::string field_selector;
    // No end of the initial events this long after the last of them: LIST instead.
    std::chrono::milliseconds initial_events_idle_max{30000};
    std::chrono::milliseconds watch_idle_max{90000};
    BackoffOptions backoff{std::chrono::milliseconds(800), std::chrono::milliseconds(30000), 2.0,
                           1.0};
    // Trims an object before it is stored (fields nobody reads); managedFields and large
    // annotations always go.
    std::function<void(Json&)> trim;
    // Of a trimmed object, as it lies in memory. A larger one is not stored: the last state that
    // was small enough stays, or none.
    std::size_t object_bytes_max = 1024 * 1024;
};

// Called on the reflector's thread, in order, after the store has changed.
using ChangeHandler = std::function<void(const Change&)>;

struct ReflectorCounters {
    std::atomic<std::uint64_t> lists{0};
    std::atomic<std::uint64_t> watches{0};
    std::atomic<std::uint64_t> watch_list_fallbacks{0};
    std::atomic<std::uint64_t> errors{0};
    std::atomic<std::uint64_t> skipped{0}; // states of objects that were too large
};

class Reflector {
  public:
    Reflector(Api& api, const ResourceType& type, Store& store, ReflectorOptions options,
              ChangeHandler handler);

    void run(std::stop_token stop);
    const ReflectorCounters& counters() const { return counters_; }

  private:
    enum class Mode { WatchList, List };

    Status step(std::stop_token stop);
    Status sync_by_watch_list(std::stop_token stop);
    Status sync_by_list();
    Status follow(std::stop_token stop);
    void fall_back(const std::string& why);
    void keep_initial(const WatchEvent& event);
    Status apply(const WatchEvent& event);
    // Trims it. False: it is too large all the same, which was said.
    bool prepare(Json& object);
    void skip(const std::string& object, std::size_t bytes);
    void tell(const std::vector<Change>& changes);
    WatchOptions watch_options() const;

    Api& api_;
    const ResourceType type_;
    Store& store_;
    const ReflectorOptions options_;
    const ChangeHandler handler_;
    ReflectorCounters counters_;

    Mode mode_ = Mode::WatchList;
    bool listed_ = false;          // the store is complete; a watch can resume
    bool exact_list_next_ = false; // the version was too old or unknown: ask for the newest once
    int unfinished_streams_ = 0;   // that ended before their initial events did
    std::string resource_version_; // where to resume
    std::map<ObjectKey, std::shared_ptr<Json>> initial_;
    std::uint64_t events_seen_ = 0; // in the current stream
};

} // namespace pedigree::k8s

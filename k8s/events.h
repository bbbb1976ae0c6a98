#pragma once
// EventRecorder: tells people what happened to an object (kubectl describe, kubectl get events).
// Events are kept for an hour and may be lost: never the audit record. Equal ones are counted up in
// one object; a source that talks too much about one object is cut short (25 at once, then one in
// five minutes). emit never blocks: one thread ("events") sends, a full queue drops and counts.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "k8s/api.h"
#include "k8s/event_series.h"

namespace pedigree::k8s {

enum class EventType { Normal, Warning };

// The object an event is about.
struct ObjectReference {
    std::string api_version;
    std::string kind;
    ObjectKey key;
    std::string uid;
    std::string resource_version;
};
ObjectReference reference_to(const Json& object);

struct EventNote {
    ObjectReference about;
    EventType type = EventType::Normal;
    std::string reason;  // CamelCase
    std::string message; // cut to 1024 bytes
};

constexpr std::size_t event_queue_max = 1000;

class EventRecorder {
  public:
    EventRecorder(Api& api, const Clock& clock, std::string component);
    ~EventRecorder(); // sends nothing more, joins

    void emit(EventNote note);
    std::uint64_t dropped() const { return dropped_; }

  private:
    void run(std::stop_token stop);
    Status deliver(const EventNote& note);

    Api& api_;
    const Clock& clock_;
    const std::string component_;
    BoundedQueue<EventNote> queue_{event_queue_max};
    std::atomic<std::uint64_t> dropped_{0};
    EventSeries series_; // the thread's own
    std::jthread thread_;
};

} // namespace pedigree::k8s

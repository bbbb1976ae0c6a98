#pragma once
// EventSeries: which Event object a note belongs to, and whether it may be written at all; the pure
// part of EventRecorder (client-go's correlator with its usual numbers). Equal notes share one
// object and count up; more than ten different messages of one reason within ten minutes are put
// together; one object gets 25 events at once and then one in five minutes. Not synchronised.

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"

namespace pedigree::k8s {

struct EventNote;

constexpr std::size_t event_series_max = 4096;
constexpr std::size_t event_message_bytes_max = 1024;
constexpr int similar_events_max = 10;
constexpr std::chrono::seconds similar_events_window{600};
constexpr double event_burst = 25;
constexpr std::chrono::seconds event_refill{300}; // one more in this time

class EventSeries {
  public:
    struct Plan {
        std::string name;       // of the Event object
        std::int64_t count = 1; // above 1: the object exists and is counted up
        std::string message;
    };
    // Empty: too many about this object, not written.
    std::optional<Plan> next(const EventNote& note, Instant now);

  private:
    struct Known {
        std::string name;
        std::int64_t count = 0;
        Instant used;
    };
    struct Similar {
        int messages = 0;
        Instant since;
    };
    struct Budget {
        double tokens = event_burst;
        Instant filled;
    };
    bool spend(const std::string& object, Instant now);
    bool too_similar(const std::string& key, bool new_message, Instant now);
    void bound();

    std::map<std::string, Known> known_;
    std::map<std::string, Similar> similar_;
    std::map<std::string, Budget> budgets_;
};

} // namespace pedigree::k8s

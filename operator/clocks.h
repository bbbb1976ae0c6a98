#pragma once
// Clocks: the operator's own time (base/own_clock.h) beside the machine's and the database's. It
// begins before anything is decided, from both; later a jump of either is told in the log and
// counted, and changes nothing: rows hold our time, and deadlines are counted in it. Any
// thread may call.

#include <optional>

#include "base/own_clock.h"
#include "base/sync.h"
#include "operator/api/metrics.h"
#include "operator/api/readiness.h"
#include "store/pool.h"

namespace pedigree::control {

struct DatabaseTime {
    Instant now{};
    std::optional<Instant> newest; // of what was recorded: our own time, of an earlier leader
};
// Timeout: the answer took so long that it says nothing about a clock.
Result<DatabaseTime> database_time(store::Pool& pool);

class Clocks {
  public:
    Clocks(const Clock& machine, Metrics& metrics, Readiness& readiness)
        : machine_(machine), metrics_(metrics), readiness_(readiness), own_(machine),
          watches_(Watches{JumpWatch(own_), JumpWatch(own_)}) {}

    const Clock& own() const { return own_; }
    // Before the first decision.
    void begin(const DatabaseTime& database);
    // Now and then; without the database's time, if it is away.
    void look(std::optional<Instant> database);

  private:
    void compare(Instant database);
    void tell(const char* clock, std::optional<std::chrono::microseconds> jump);

    const Clock& machine_;
    Metrics& metrics_;
    Readiness& readiness_;
    OwnClock own_;
    struct Watches {
        JumpWatch machine, database;
    };
    Sync<Watches> watches_;
};

} // namespace pedigree::control

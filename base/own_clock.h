#pragma once
// OwnClock: instants for deadlines. A wall clock is set, by a person or by NTP, an hour at a time;
// whoever compares such an instant with one of before loses what a deadline guards. This clock is
// set once, before anything is judged by it, and then goes on by the monotonic clock alone
// (POSIX CLOCK_MONOTONIC, which NTP slews and nobody sets).
//
//     OwnClock clock(wall); // begins at the wall clock's time
//     clock.set(start_of(machine, database, newest_entry));
//
// JumpWatch says when another clock moved against it. Any thread may call; set() and look() belong
// to one thread each.

#include <atomic>
#include <functional>
#include <optional>

#include "base/clock.h"

namespace pedigree {

// Clocks that agree within this are taken to be the same; a larger step is a jump.
constexpr std::chrono::seconds clock_jump_min{5};

class OwnClock final : public Clock {
  public:
    using Monotonic = std::function<std::chrono::microseconds()>; // since any moment

    explicit OwnClock(const Clock& wall, Monotonic monotonic = since_boot);
    Instant now() const override;
    void set(Instant now);

    static std::chrono::microseconds since_boot();

  private:
    const Monotonic monotonic_;
    std::atomic<std::int64_t> begun_us_; // the instant at which monotonic_ was 0
};

// Where to begin, of the machine's clock, the database's, and the newest instant that was recorded.
// Of two that disagree one is wrong, and nobody says which: the earlier is taken, so that no
// deadline passes by a jump's word; but what was recorded has been, unless both say otherwise.
Instant start_of(Instant machine, Instant database, std::optional<Instant> newest);

class JumpWatch {
  public:
    explicit JumpWatch(const Clock& steady) : steady_(steady) {}
    // How far the other clock moved by itself since the last look; nothing for less than a jump.
    std::optional<std::chrono::microseconds> look(Instant other);

  private:
    const Clock& steady_;
    std::optional<std::chrono::microseconds> ahead_; // of the other, as last seen
};

} // namespace pedigree

#include "base/own_clock.h"

#include <algorithm>

namespace pedigree {

std::chrono::microseconds OwnClock::since_boot() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
}

OwnClock::OwnClock(const Clock& wall, Monotonic monotonic)
    : monotonic_(std::move(monotonic)), begun_us_(0) {
    set(wall.now());
}

Instant OwnClock::now() const {
    return Instant(std::chrono::microseconds(begun_us_.load()) + monotonic_());
}

void OwnClock::set(Instant now) {
    begun_us_ = (now.time_since_epoch() - monotonic_()).count();
}

Instant start_of(Instant machine, Instant database, std::optional<Instant> newest) {
    const auto [earlier, later] = std::minmax(machine, database);
    return newest && *newest > earlier && *newest <= later ? *newest : earlier;
}

std::optional<std::chrono::microseconds> JumpWatch::look(Instant other) {
    const auto ahead = std::chrono::duration_cast<std::chrono::microseconds>(other - steady_.now());
    const auto moved = ahead_ ? ahead - *ahead_ : std::chrono::microseconds(0);
    ahead_ = ahead;
    return std::chrono::abs(moved) < clock_jump_min ? std::nullopt : std::optional(moved);
}

} // namespace pedigree

#pragma once
// FakeClock: virtual time. Moves only when told to; never backwards.

#include <algorithm>

#include "base/clock.h"

namespace pedigree {

class FakeClock final : public Clock {
  public:
    Instant now() const override { return now_; }
    void advance(std::chrono::microseconds by) { now_ += by; }
    void advance_to(Instant instant) { now_ = std::max(now_, instant); }

  private:
    Instant now_{std::chrono::seconds(1'767'225'600)}; // 2026-01-01T00:00:00Z
};

} // namespace pedigree

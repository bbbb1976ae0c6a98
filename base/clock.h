#pragma once
// Time as the rest of pedigree sees it: an interface, so that the simulation runs in virtual time.
// Instants are UTC microseconds since 1970; texts have six decimals and a Z, as the ledger wants.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
  public:
    Instant now() const override;
};

// "2026-01-31T23:59:59.123456Z"
std::string to_text(Instant instant);
// "2026-01-31T23:59:59Z", the form of metav1.Time (fractions are cut)
std::string to_kubernetes_time(Instant instant);
// RFC 3339 with Z or an offset, fractions of any length (cut to microseconds).
Result<Instant> parse_instant(std::string_view text);

} // namespace pedigree

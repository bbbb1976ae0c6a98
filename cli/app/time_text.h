#pragma once
// Lengths of time as people write and read them: "10m", "1h30m", "90s" in, kubectl's ages out.
// Pure.

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::cli {

constexpr std::chrono::hours duration_hours_max{24 * 365};

// Units h, m, s, ms, largest first; "0" alone needs none. InvalidInput names the text.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// "45s", "3m20s", "47m", "5h30m", "30h", "6d5h", "300d": as kubectl's AGE column.
std::string age_text(std::chrono::seconds age);

} // namespace pedigree::cli

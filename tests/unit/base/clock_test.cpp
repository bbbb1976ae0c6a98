#include "base/clock.h"

#include <gtest/gtest.h>

namespace pedigree {
namespace {

TEST(ParseInstant, ReadsFractionsAndOffsets) {
    EXPECT_EQ(to_text(*parse_instant("2026-02-28T23:59:59Z")), "2026-02-28T23:59:59.000000Z");
    EXPECT_EQ(to_text(*parse_instant("2026-01-01T00:30:00.123456789+01:00")),
              "2025-12-31T23:30:00.123456Z");
    EXPECT_EQ(to_kubernetes_time(*parse_instant("2026-01-01T00:00:00.9Z")), "2026-01-01T00:00:00Z");
}

TEST(ParseInstant, RefusesWhatIsNoTime) {
    for (const auto* text :
         {"", "2026-02-30T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00",
          "2026-01-01T00:00:00.Z", "2026-01-01T25:00:00Z"}) {
        EXPECT_FALSE(parse_instant(text)) << text;
    }
}

} // namespace
} // namespace pedigree

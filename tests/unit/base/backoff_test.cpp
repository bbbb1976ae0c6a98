#include "base/backoff.h"

#include <gtest/gtest.h>

namespace pedigree {
namespace {

using std::chrono::milliseconds;

TEST(BackOff, DoublesWithEachFailureUpToTheCeiling) {
    const BackoffOptions waits{.first = milliseconds(1000), .ceiling = milliseconds(60000)};
    EXPECT_EQ(back_off(0, waits), milliseconds(1000));
    EXPECT_EQ(back_off(1, waits), milliseconds(1000));
    EXPECT_EQ(back_off(2, waits), milliseconds(2000));
    EXPECT_EQ(back_off(6, waits), milliseconds(32000));
    EXPECT_EQ(back_off(7, waits), milliseconds(60000));
    EXPECT_EQ(back_off(1'000'000'000'000, waits), milliseconds(60000));
}

TEST(BackOff, NeverWaitsLongerThanTheCeiling) {
    EXPECT_EQ(back_off(1, {.first = milliseconds(50), .ceiling = milliseconds(20)}),
              milliseconds(20));
}

} // namespace
} // namespace pedigree

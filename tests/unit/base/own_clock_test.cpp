#include "base/own_clock.h"

#include <gtest/gtest.h>

namespace pedigree {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

const Instant noon{hours(12)};

struct Wall final : Clock {
    Instant now() const override { return time; }
    Instant time = noon;
};

TEST(OwnClock, GoesOnWhenTheWallClockJumps) {
    Wall wall;
    microseconds monotonic{seconds(100)};
    OwnClock clock(wall, [&] { return monotonic; });
    EXPECT_EQ(clock.now(), noon);
    for (const int jump : {1, -2}) {
        wall.time += hours(jump);
        monotonic += seconds(10);
    }
    EXPECT_EQ(clock.now(), noon + seconds(20));
    clock.set(noon + hours(3));
    monotonic += seconds(1);
    EXPECT_EQ(clock.now(), noon + hours(3) + seconds(1));
}

TEST(StartOf, TakesTheClockThatLetsNoDeadlinePass) {
    const Instant newest = noon - seconds(30);
    EXPECT_EQ(start_of(noon, noon, newest), noon);
    EXPECT_EQ(start_of(noon + hours(1), noon, newest), noon); // the machine's jumped
    EXPECT_EQ(start_of(noon, noon + hours(1), newest), noon); // the database's did
    // Behind what was recorded: no deadline moves an hour away either.
    EXPECT_EQ(start_of(noon - hours(1), noon, newest), newest);
    EXPECT_EQ(start_of(noon, noon - hours(1), newest), newest);
    // What was recorded when a clock was ahead, and nobody says so now.
    EXPECT_EQ(start_of(noon, noon, noon + hours(1)), noon);
    EXPECT_EQ(start_of(noon, noon + seconds(1), std::nullopt), noon);
}

TEST(JumpWatch, SeesAJumpOnceAndNoDrift) {
    Wall steady, other;
    JumpWatch watch(steady);
    other.time += hours(5); // how far they are apart says nothing
    EXPECT_FALSE(watch.look(other.time));
    for (int i = 0; i < 100; ++i) {
        steady.time += seconds(15);
        other.time += seconds(16);
        EXPECT_FALSE(watch.look(other.time)) << i;
    }
    other.time -= hours(1);
    EXPECT_EQ(watch.look(other.time), -microseconds(hours(1)));
    EXPECT_FALSE(watch.look(other.time));
    other.time += clock_jump_min;
    EXPECT_EQ(watch.look(other.time), microseconds(clock_jump_min));
}

} // namespace
} // namespace pedigree

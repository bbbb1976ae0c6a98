// The clock of the operator's machine is set an hour ahead or back while it works, with and without
// a restart of the process behind it: at a few looks of each run (PEDIGREE_JUMPS=n: at n of each
// kind). All ends as if nothing had happened, and at no other time.

#include <algorithm>
#include <cstdlib>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace pedigree::simulation {
namespace {

using testing::IsEmpty;

constexpr int jumps_default = 2;

int jumps() {
    const char* text = std::getenv("PEDIGREE_JUMPS");
    return text == nullptr ? jumps_default : std::max(1, std::atoi(text));
}

class ClockTest : public testing::TestWithParam<Scenario> {};

TEST_P(ClockTest, AJumpDecidesNothing) {
    const Scenario scenario = GetParam(); // a World borrows it
    World undisturbed(scenario, Faults());
    undisturbed.run();
    const std::vector<ClockJump> kinds{{0, std::chrono::hours(1), false},
                                       {0, std::chrono::hours(1), true},
                                       {0, std::chrono::hours(-1), false},
                                       {0, std::chrono::hours(-1), true}};
    const int all = jumps() * static_cast<int>(kinds.size());
    for (int number = 0; number < all; ++number) {
        ClockJump jump = kinds[static_cast<std::size_t>(number) % kinds.size()];
        jump.at_look = 1 + number * undisturbed.looks() / all;
        World world(scenario, Faults());
        world.set_jump(jump);
        world.run();
        EXPECT_THAT(differences(world, undisturbed.ending()), IsEmpty())
            << jump.by.count() << " h at look " << jump.at_look
            << (jump.restart ? ", with a restart" : "");
        EXPECT_LT(world.ended_after(), undisturbed.ended_after() + std::chrono::minutes(10))
            << jump.by.count() << " h at look " << jump.at_look
            << (jump.restart ? ", with a restart" : "");
    }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ClockTest, testing::ValuesIn(scenarios),
                         [](const auto& scenario) { return test_name(scenario.param); });

} // namespace
} // namespace pedigree::simulation

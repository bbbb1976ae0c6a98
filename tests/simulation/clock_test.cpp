// The clock of the operator's machine is set an hour ahead or back while it works: at each look of
// a run, with and without a restart of the process behind it. All ends as if nothing had happened,
// and at no other time.

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace pedigree::simulation {
namespace {

using testing::IsEmpty;

class ClockTest : public testing::TestWithParam<Scenario> {};

TEST_P(ClockTest, AJumpDecidesNothing) {
    World undisturbed(GetParam(), Faults());
    undisturbed.run();
    for (const int hours : {1, -1}) {
        for (const bool restart : {false, true}) {
            for (int look = 1; look <= undisturbed.looks(); ++look) {
                World world(GetParam(), Faults());
                world.set_jump({look, std::chrono::hours(hours), restart});
                world.run();
                EXPECT_THAT(differences(world, undisturbed.ending()), IsEmpty())
                    << hours << " h at look " << look << (restart ? ", with a restart" : "");
                EXPECT_LT(world.ended_after(), undisturbed.ended_after() + std::chrono::minutes(10))
                    << hours << " h at look " << look << (restart ? ", with a restart" : "");
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ClockTest, testing::ValuesIn(scenarios),
                         [](const auto& scenario) { return test_name(scenario.param); });

} // namespace
} // namespace pedigree::simulation

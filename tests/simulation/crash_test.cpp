// Every effect that a scenario causes, with a crash right after it, once and twice.

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace pedigree::simulation {
namespace {

using testing::IsEmpty;

class CrashTest : public testing::TestWithParam<Scenario> {};

TEST_P(CrashTest, EndsAsIfNothingHadHappened) {
    World undisturbed(GetParam(), Faults());
    undisturbed.run();
    ASSERT_THAT(undisturbed.violations(), IsEmpty()) << undisturbed.ending().state;
    for (const std::string& effect : undisturbed.effects()) {
        for (const int times : {1, 2}) {
            World world(GetParam(), Faults(CrashPlan{effect, times}));
            world.run();
            EXPECT_GE(world.faults().crashes(), 1) << effect; // nothing follows the last effect
            EXPECT_THAT(differences(world, undisturbed.ending()), IsEmpty())
                << "crash " << times << " times after " << effect;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, CrashTest, testing::ValuesIn(scenarios),
                         [](const auto& scenario) { return test_name(scenario.param); });

// The scenarios together cause every effect there is, but for those named here.
TEST(Effects, AreAllVisited) {
    std::set<std::string> visited;
    for (const Scenario& scenario : scenarios) {
        World world(scenario, Faults());
        world.run();
        visited.insert(world.effects().begin(), world.effects().end());
    }
    visited.insert("commit.pin"); // after a restore: restore_test
    std::vector<std::string> missed;
    for (const std::string& name : experiment::effect_names) {
        if (!visited.contains(name)) {
            missed.push_back(name);
        }
    }
    EXPECT_THAT(missed, IsEmpty()) << fmt::format("{}", fmt::join(missed, " "));
}

} // namespace
} // namespace pedigree::simulation

// The database is put back to each moment of a run that has ended: nothing that had finished is
// begun again, whatever phase it was in then.

#include <set>
#include <string>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace pedigree::simulation {
namespace {

using testing::IsEmpty;

class RestoreTest : public testing::TestWithParam<Scenario> {};
class RestoreInTheMiddleTest : public testing::TestWithParam<Scenario> {};

TEST_P(RestoreTest, BeginsNothingAgainThatHadEnded) {
    World world(GetParam(), Faults());
    world.take_backups();
    world.run();
    ASSERT_THAT(world.violations(), IsEmpty());
    ASSERT_GT(world.backups(), 5U);
    for (std::size_t number = 0; number < world.backups(); ++number) {
        world.run_on_from_backup(number);
        ASSERT_THAT(world.violations(), IsEmpty())
            << "backup " << number << " of " << world.backups() << "; " << world.ending().state;
    }
}

// Of these the second test, which is not asked of them, found that an object is left behind, or
// that the simulation does not come to rest, when the database is put back in the middle; which of
// the two is at fault is not known yet (docs/known-limits.md).
const std::set<std::string> open_scenarios{"out of memory, then well",
                                           "node lost, then well",
                                           "cancelled while importing",
                                           "labels taken",
                                           "pod taken",
                                           "pod orphaned",
                                           "suspended and resumed",
                                           "cancelled",
                                           "search with all ends",
                                           "search extended",
                                           "search suspended and resumed",
                                           "search cancelled"};

// The first moments, before its commit is known, and some of the others; put back at some of the
// later ones.
TEST_P(RestoreInTheMiddleTest, GoesOnWithTheCommitThatItHad) {
    World undisturbed(GetParam(), Faults());
    undisturbed.take_backups();
    undisturbed.run();
    const std::size_t commits = undisturbed.backups();
    std::set<std::string> effects;
    const std::size_t stride = 1 + commits / 8;
    for (std::size_t backup = 0; backup < commits; backup += backup < 4 ? 1 : stride) {
        for (std::size_t at = backup + 2; at <= commits; at += stride) {
            World world(GetParam(), Faults());
            world.run_through_restore(at, backup);
            ASSERT_THAT(world.violations(), IsEmpty())
                << "backup " << backup << " at commit " << at << " of " << commits << "; "
                << world.ending().state;
            effects.insert(world.effects().begin(), world.effects().end());
        }
    }
    EXPECT_TRUE(effects.contains("commit.pin"));
}

std::vector<Scenario> closed_scenarios() {
    std::vector<Scenario> closed;
    std::copy_if(scenarios.begin(), scenarios.end(), std::back_inserter(closed),
                 [](const auto& each) { return !open_scenarios.contains(each.name); });
    return closed;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, RestoreInTheMiddleTest, testing::ValuesIn(closed_scenarios()),
                         [](const auto& scenario) { return test_name(scenario.param); });
INSTANTIATE_TEST_SUITE_P(Scenarios, RestoreTest, testing::ValuesIn(scenarios),
                         [](const auto& scenario) { return test_name(scenario.param); });

} // namespace
} // namespace pedigree::simulation

// The database is put back to each moment of a run that has ended: nothing that had finished is
// begun again, whatever phase it was in then. And to an earlier moment in the middle: it goes on
// with the commit that it had, and nothing is left behind that nobody records. PEDIGREE_MOMENTS=n
// puts it back at about n moments of each life.

#include <set>
#include <string>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace pedigree::simulation {
namespace {

using testing::IsEmpty;

constexpr std::size_t moments_default = 4;

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

// The first moments, before its commit is known, and some of the others; put back at some of the
// later ones.
TEST_P(RestoreInTheMiddleTest, GoesOnWithTheCommitThatItHad) {
    World undisturbed(GetParam(), Faults());
    undisturbed.take_backups();
    undisturbed.run();
    const std::size_t commits = undisturbed.backups();
    std::set<std::string> effects;
    const std::size_t stride =
        1 + commits / number_in("PEDIGREE_MOMENTS").value_or(moments_default);
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

// The operator dies right after it has pinned the commit, once and twice: it goes on as one that
// did not.
TEST_P(RestoreInTheMiddleTest, MayDieAtThePin) {
    World undisturbed(GetParam(), Faults());
    undisturbed.take_backups();
    undisturbed.run();
    constexpr std::size_t backup = 2; // a wish to resolve is there, and the status may know more
    for (std::size_t at = backup + 2; at <= undisturbed.backups(); ++at) {
        World alive(GetParam(), Faults());
        alive.run_through_restore(at, backup);
        if (!alive.effects().contains("commit.pin")) {
            continue;
        }
        for (const int times : {1, 2}) {
            World world(GetParam(), Faults(CrashPlan{"commit.pin", times}));
            world.run_through_restore(at, backup);
            EXPECT_GE(world.faults().crashes(), 1);
            EXPECT_THAT(differences(world, alive.ending()), IsEmpty()) << "at commit " << at;
        }
        return;
    }
    FAIL() << "nothing is pinned";
}

INSTANTIATE_TEST_SUITE_P(Scenarios, RestoreInTheMiddleTest, testing::ValuesIn(scenarios),
                         [](const auto& scenario) { return test_name(scenario.param); });
INSTANTIATE_TEST_SUITE_P(Scenarios, RestoreTest, testing::ValuesIn(scenarios),
                         [](const auto& scenario) { return test_name(scenario.param); });

} // namespace
} // namespace pedigree::simulation

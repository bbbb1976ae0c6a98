// The database is put back to each moment of a run that has ended: nothing that had finished is
// begun again, whatever phase it was in then.

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace pedigree::simulation {
namespace {

using testing::IsEmpty;

class RestoreTest : public testing::TestWithParam<Scenario> {};

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

INSTANTIATE_TEST_SUITE_P(Scenarios, RestoreTest, testing::ValuesIn(scenarios),
                         [](const auto& scenario) { return test_name(scenario.param); });

} // namespace
} // namespace pedigree::simulation

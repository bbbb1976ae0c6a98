// Seeded random runs: API errors, lost answers, ambiguous commits, lagging, lost and doubled watch
// events, a worker that fails, crashes. PEDIGREE_SEED=n repeats one run and tells its faults;
// PEDIGREE_RUNS=n makes n of all scenarios together.

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace pedigree::simulation {
namespace {

constexpr std::uint64_t runs_default = 1000;
constexpr std::uint64_t failures_shown = 5;

class RandomTest : public testing::TestWithParam<std::size_t> {};

TEST_P(RandomTest, EndsAsTheUndisturbedOne) {
    const std::size_t chosen = GetParam();
    World undisturbed(scenarios[chosen], Faults());
    undisturbed.run();
    std::uint64_t first = chosen, last = number_in("PEDIGREE_RUNS").value_or(runs_default);
    if (const auto wanted = number_in("PEDIGREE_SEED")) {
        first = *wanted;
        last = first % scenarios.size() == chosen ? first + 1 : first;
    }
    std::uint64_t failed = 0;
    for (std::uint64_t seed = first; seed < last; seed += scenarios.size()) {
        World world(scenarios[chosen], Faults(seed));
        world.run();
        const auto found = differences(world, undisturbed.ending());
        if (!found.empty() && ++failed <= failures_shown) {
            ADD_FAILURE() << "PEDIGREE_SEED=" << seed << " (" << scenarios[chosen].name << ")\n"
                          << fmt::format("{}\nfaults:\n  {}", fmt::join(found, "\n"),
                                         fmt::join(world.faults().told(), "\n  "));
        }
    }
    EXPECT_EQ(failed, 0U);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, RandomTest, testing::Range<std::size_t>(0, scenarios.size()),
                         [](const auto& chosen) { return test_name(scenarios[chosen.param]); });

} // namespace
} // namespace pedigree::simulation

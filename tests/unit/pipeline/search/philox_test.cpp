#include "pipeline/search/sample/philox.h"

#include <gtest/gtest.h>

namespace pedigree::search {
namespace {

// The vectors that come with the paper's reference (philox4x32, 10 rounds).
TEST(Philox, GivesThePublishedVectors) {
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
              (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    constexpr std::uint32_t ones = 0xffffffff;
    EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
              (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Stream, DependsOnSeedTrialAndPurposeAlone) {
    const auto first = [](std::int64_t seed, std::int64_t trial, Purpose purpose) {
        return Stream(seed, trial, purpose).bits();
    };
    const auto base = first(7, 3, Purpose::Random);
    EXPECT_EQ(base, first(7, 3, Purpose::Random));
    EXPECT_NE(base, first(8, 3, Purpose::Random));
    EXPECT_NE(base, first(7, 4, Purpose::Random));
    EXPECT_NE(base, first(7, 3, Purpose::Scramble));
    EXPECT_NE(base, first(7 + (std::int64_t{1} << 40), 3, Purpose::Random));
}

TEST(Stream, IsUniform) {
    Stream stream(1, 1, Purpose::Random);
    double sum = 0;
    std::array<int, 7> counts{};
    constexpr int draws = 70'000;
    for (int i = 0; i < draws; ++i) {
        const double value = stream.uniform();
        ASSERT_GT(value, 0);
        ASSERT_LT(value, 1);
        sum += value;
        ++counts[stream.below(counts.size())];
    }
    EXPECT_NEAR(sum / draws, 0.5, 0.005);
    for (const int count : counts) {
        EXPECT_NEAR(count, 10'000, 400);
    }
}

} // namespace
} // namespace pedigree::search

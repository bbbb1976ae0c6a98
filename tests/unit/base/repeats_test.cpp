#include "base/repeats.h"

#include <gtest/gtest.h>

namespace pedigree {
namespace {

using std::chrono::seconds;

const Repeats::Time begin{seconds(1'000'000)};

std::uint64_t written(Repeats& repeats, std::string_view line, std::uint64_t count,
                      Repeats::Time now) {
    std::uint64_t result = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        result += repeats.may_write(line, now) ? 1 : 0;
    }
    return result;
}

TEST(Repeats, TheFirstOfAMinuteAreWritten) {
    Repeats repeats;
    EXPECT_EQ(written(repeats, "same", repeats_max + 90, begin), repeats_max);
    EXPECT_EQ(written(repeats, "other", repeats_max, begin), repeats_max);
}

TEST(Repeats, TheirNumberIsToldOnceWhenTheMinuteIsOver) {
    Repeats repeats;
    written(repeats, "same", repeats_max + 90, begin);
    written(repeats, "seldom", 1, begin);
    EXPECT_TRUE(repeats.ended(begin + seconds(59)).empty());
    const auto ended = repeats.ended(begin + seconds(60));
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].line, "same");
    EXPECT_EQ(ended[0].suppressed, 90U);
    EXPECT_TRUE(repeats.ended(begin + seconds(61)).empty());
    EXPECT_EQ(written(repeats, "same", repeats_max + 1, begin + seconds(61)), repeats_max);
}

TEST(Repeats, AClockThatWasSetBackHoldsNothingBack) {
    Repeats repeats;
    written(repeats, "same", repeats_max + 1, begin);
    EXPECT_EQ(repeats.ended(begin - seconds(3600)).size(), 1U);
    EXPECT_TRUE(repeats.may_write("same", begin - seconds(3600)));
}

TEST(Repeats, RemembersABoundedNumberOfLines) {
    Repeats repeats;
    for (std::size_t i = 0; i < repeats_remembered_max; ++i) {
        repeats.may_write(std::to_string(i), begin);
    }
    EXPECT_EQ(written(repeats, "one too many", 100, begin), 100U);
    EXPECT_TRUE(repeats.ended(begin + seconds(60)).empty());
    EXPECT_EQ(written(repeats, "one too many", 100, begin + seconds(60)), repeats_max);
}

} // namespace
} // namespace pedigree

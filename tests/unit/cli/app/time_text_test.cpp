#include "cli/app/time_text.h"

#include <gtest/gtest.h>

namespace pedigree::cli {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsUnitsFromLargeToSmall) {
    EXPECT_EQ(*parse_duration("0"), 0ms);
    EXPECT_EQ(*parse_duration("90s"), 90s);
    EXPECT_EQ(*parse_duration("10m"), 10min);
    EXPECT_EQ(*parse_duration("1h30m5s250ms"), 1h + 30min + 5s + 250ms);
}

TEST(Duration, RefusesWhatIsNone) {
    for (const char* text : {"", "10", "m", "-5m", "1m1h", "1m1m", "1.5h", "10 m", "9000000h",
                             "99999999999999999999s", "5m ", "8760h1s"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_EQ(duration.error().code, ErrorCode::InvalidInput);
    }
}

TEST(Age, IsThatOfKubectl) {
    const std::vector<std::pair<std::chrono::seconds, std::string>> expected{
        {-5s, "0s"},           {0s, "0s"},           {119s, "119s"},   {120s, "2m"},
        {200s, "3m20s"},       {10min, "10m"},       {179min, "179m"}, {3h, "3h"},
        {5h + 30min, "5h30m"}, {47h, "47h"},         {48h, "2d"},      {6 * 24h + 5h, "6d5h"},
        {300 * 24h, "300d"},   {800 * 24h, "2y70d"},
    };
    for (const auto& [age, text] : expected) {
        EXPECT_EQ(age_text(age), text);
    }
}

} // namespace
} // namespace pedigree::cli

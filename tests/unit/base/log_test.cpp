#include "base/log.h"

#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/log_level.h"
#include "base/repeats.h"

namespace pedigree {
namespace {

using namespace std::string_literals;

// The lines that `action` logs, read strictly.
template <typename Action>
std::vector<Json> logged(Action action) {
    testing::internal::CaptureStderr();
    action();
    std::istringstream text(testing::internal::GetCapturedStderr());
    std::vector<Json> lines;
    for (std::string line; std::getline(text, line);) {
        const auto parsed = parse_json(line);
        EXPECT_TRUE(parsed) << line;
        lines.push_back(parsed ? *parsed : Json());
    }
    return lines;
}

TEST(Log, ALineIsOneObjectWithTimeLevelMessageAndFields) {
    const auto lines =
        logged([] { log_warning("cache is behind", {{"kind", "Job"}, {"seconds", "3"}}); });
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["level"], "warning");
    EXPECT_EQ(lines[0]["message"], "cache is behind");
    EXPECT_EQ(lines[0]["kind"], "Job");
    EXPECT_EQ(lines[0]["seconds"], "3");
    EXPECT_TRUE(parse_instant(lines[0]["time"].get<std::string>()));
    EXPECT_EQ(lines[0].size(), 5U);
}

TEST(Log, BytesOfOthersMakeAValidLine) {
    const auto lines = logged([] {
        log_error("cut \xe2\x94 {} \"quoted\"\nnext"s, {{"bytes", std::string("a\0\x1b[2J", 6)}});
        log_info(std::string(1 << 20, 'x'));
    });
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0]["message"], "cut \xef\xbf\xbd {} \"quoted\"\nnext");
    EXPECT_EQ(lines[0]["bytes"], "a \\x1b[2J");
    EXPECT_LT(lines[1]["message"].get<std::string>().size(), 20'000U);
}

TEST(Log, SecretsAreTakenOut) {
    redact_in_logs(Secret("canary\r\n\"52"));
    redact_in_logs(Secret("redacted")); // which the mark itself holds
    const auto lines = logged([] {
        log_info("with canary\r\n\"52 in it", {{"base64", to_base64("canary\r\n\"52")},
                                               {"url", "https://h/?p=canary%0d%0a%2252"}});
        log_info("is redacted");
    });
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0]["message"], "with [redacted] in it");
    EXPECT_EQ(lines[0]["base64"], "[redacted]");
    EXPECT_EQ(lines[0]["url"], "https://h/?p=[redacted]");
    EXPECT_EQ(lines[1]["message"], "is [redacted]");
}

TEST(Log, TheLevelDecides) {
    const auto lines = logged([] {
        log_debug("before");
        toggle_debug_log();
        log_debug("within");
        toggle_debug_log();
        log_debug("behind");
    });
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0]["to"], "debug");
    EXPECT_EQ(lines[1]["message"], "within");
    EXPECT_EQ(lines[1]["level"], "debug");
    EXPECT_EQ(lines[2]["to"], "info");
}

TEST(Log, LevelsAreGivenAsTheLinesSayThem) {
    for (const std::string& word : log_level_words()) {
        EXPECT_TRUE(from_word<LogLevel>(word)) << word;
    }
    EXPECT_EQ(from_word<LogLevel>("warning"), LogLevel::Warning);
    EXPECT_FALSE(from_word<LogLevel>("loud"));
}

TEST(Log, RepeatsAreHeldBack) {
    const auto lines = logged([] {
        for (int i = 0; i < 100; ++i) {
            log_info("the same", {{"id", "7"}});
            log_info("another", {{"id", std::to_string(i)}});
        }
    });
    std::uint64_t same = 0;
    for (const Json& line : lines) {
        same += line["message"] == "the same" ? 1 : 0;
    }
    EXPECT_EQ(same, repeats_max);
    EXPECT_EQ(lines.size(), repeats_max + 100);
}

} // namespace
} // namespace pedigree

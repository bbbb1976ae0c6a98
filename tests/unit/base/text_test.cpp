#include "base/text.h"

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree {
namespace {

using namespace std::string_literals;

const std::string replaced = "\xef\xbf\xbd";

// Whether the JSON library takes it, which is where bad bytes used to end a process.
bool json_takes(const std::string& text) {
    try {
        (void)nlohmann::json(text).dump();
        return true;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

// Bytes that are often wrong: leads, continuations at the bounds, controls, plain letters.
std::string hostile_bytes(std::mt19937& random) {
    constexpr std::string_view pool("\x00\n\t\x1b\x7f\x80\x85\x8f\x90\x9f\xa0\xbf\xc0\xc2\xe0\xe2"
                                    "\xed\xef\xf0\xf4\xf5\xff\\a",
                                    24);
    std::string text;
    for (auto left = random() % 24; left > 0; --left) {
        text += pool[random() % pool.size()];
    }
    return text;
}

TEST(CleanText, LeavesOrdinaryTextAlone) {
    EXPECT_EQ(clean_text("epoch 3: Genauigkeit 0,9 \xe8\xae\xad\xe7\xbb\x83 \xf0\x9f\x98\x80", 100),
              "epoch 3: Genauigkeit 0,9 \xe8\xae\xad\xe7\xbb\x83 \xf0\x9f\x98\x80");
    EXPECT_EQ(clean_text("", 0), "");
}

TEST(CleanText, ShowsControls) {
    EXPECT_EQ(clean_text("a\0b"s, 100), "a\\x00b");
    EXPECT_EQ(clean_text("\x1b[31mred\r\n", 100), "\\x1b[31mred\\r\\n");
    EXPECT_EQ(clean_text("a\xc2\x9b", 100), "a\\u009b");
    EXPECT_EQ(clean_text("exe\xe2\x80\xaegnp.", 100), "exe\\u202egnp.");
    EXPECT_EQ(clean_text("one\n\ttwo\r", 100, Lines::Keep), "one\n\ttwo\\r");
}

TEST(CleanText, ReplacesWhatIsNoCharacter) {
    EXPECT_EQ(clean_text("caf\xe9 x", 100), "caf" + replaced + " x");
    EXPECT_EQ(clean_text("cut \xe2\x94", 100), "cut " + replaced);              // cut short: once
    EXPECT_EQ(clean_text("\xc0\xaf", 100), replaced + replaced);                // overlong
    EXPECT_EQ(clean_text("\xed\xa0\x80", 100), replaced + replaced + replaced); // a surrogate
    EXPECT_EQ(clean_text("\xf4\x90\x80\x80", 100).size(), 4 * replaced.size());
}

TEST(CleanText, CutsAtTheEndOfACharacter) {
    EXPECT_EQ(clean_text("0123456789", 10), "0123456789");
    EXPECT_EQ(clean_text("0123456789x", 10), "0123456...");
    EXPECT_EQ(clean_text("01234\xe8\xae\xad"
                         "89",
                         10),
              "01234\xe8\xae\xad"
              "89");
    EXPECT_EQ(clean_text("01234\xe8\xae\xad"
                         "89x",
                         10),
              "01234...");
    EXPECT_EQ(clean_text("abcdef\x1b", 8), "abcde..."); // nor inside what shows a control
    EXPECT_EQ(clean_text("abc", 2), "");
}

TEST(CleanText, WhateverComesIsValidBoundedAndCleanForGood) {
    std::mt19937 random(7);
    for (int i = 0; i < 200'000; ++i) {
        const std::string bytes = hostile_bytes(random);
        const std::size_t bytes_max = random() % 40;
        const std::string clean = clean_text(bytes, bytes_max);
        ASSERT_LE(clean.size(), bytes_max);
        ASSERT_TRUE(json_takes(clean));
        ASSERT_TRUE(is_utf8(clean));
        ASSERT_EQ(clean.find('\0'), std::string::npos);
        ASSERT_EQ(clean_text(clean, bytes_max), clean);
    }
}

TEST(ValidUtf8, IsWhatTheJsonLibraryTakes) {
    std::mt19937 random(11);
    for (int i = 0; i < 200'000; ++i) {
        const std::string bytes = hostile_bytes(random);
        ASSERT_EQ(is_utf8(bytes), json_takes(bytes)) << testing::PrintToString(bytes);
        ASSERT_TRUE(json_takes(valid_utf8(bytes)));
        ASSERT_TRUE(!is_utf8(bytes) || valid_utf8(bytes) == bytes);
    }
    for (std::uint32_t code = 0; code < 0x10000; ++code) { // every text of two bytes
        const std::string bytes{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
        ASSERT_EQ(is_utf8(bytes), json_takes(bytes)) << code;
    }
}

TEST(ValidUtf8, ReplacesWhatIsNoCharacter) {
    EXPECT_EQ(valid_utf8("Ä模😀\n\x1b"), "Ä模😀\n\x1b");
    EXPECT_EQ(valid_utf8("a\xff\xc3"), "a" + replaced + replaced);
    EXPECT_EQ(valid_utf8("\xed\xa0\x80").find("\xed"), std::string::npos); // a surrogate
}

TEST(TextFront, CutsNoCharacter) {
    const std::string text = "ab\xe8\xae\xad"
                             "cd";
    EXPECT_EQ(text_front(text, 7), text);
    EXPECT_EQ(text_front(text, 5), "ab\xe8\xae\xad");
    EXPECT_EQ(text_front(text, 4), "ab");
    EXPECT_EQ(text_front(text, 3), "ab");
    EXPECT_EQ(text_front(text, 2), "ab");
    EXPECT_EQ(text_front(std::string(9, '\x80'), 6).size(), 6U); // no text at all is cut anywhere
}

TEST(TextBack, CutsNoCharacter) {
    const std::string text = "ab\xe8\xae\xad"
                             "cd";
    EXPECT_EQ(text_back(text, 7), text);
    EXPECT_EQ(text_back(text, 5), "\xe8\xae\xad"
                                  "cd");
    EXPECT_EQ(text_back(text, 4), "cd");
    EXPECT_EQ(text_back(text, 3), "cd");
    EXPECT_EQ(text_back(text, 0), "");
}

} // namespace
} // namespace pedigree

#include "cli/app/terminal.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "cli/app/error_text.h"
#include "cli/app/table.h"

namespace pedigree::cli {
namespace {

TEST(Terminal, ControlsOfOthersAreShownAndDoNothing) {
    EXPECT_EQ(printable("plain 文字"), "plain 文字");
    EXPECT_EQ(printable("\033]0;title\007x"), "\\x1b]0;title\\x07x");
    EXPECT_EQ(printable("a\nb\tc\x7f"), "a\\nb\\tc\\x7f");
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b"),
              "a\\u202eb"); // right-to-left override
    EXPECT_EQ(printable("a\xff"), "a\xef\xbf\xbd");
}

TEST(Terminal, WideCharactersTakeTwoColumns) {
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("文字"), 4U);
    EXPECT_EQ(display_width("e\xcc\x81"), 1U); // combining acute accent
}

TEST(Terminal, ColoursOnlyWhereTheyAreWanted) {
    EXPECT_EQ(coloured("x", Colour::Red, false), "x");
    EXPECT_EQ(coloured("x", Colour::Red, true), "\033[31mx\033[0m");
    EXPECT_EQ(coloured("", Colour::Red, true), "");
    // Standard output of a test is no terminal.
    EXPECT_FALSE(standard_terminal(ColourMode::Never).out_coloured);
    EXPECT_TRUE(standard_terminal(ColourMode::Always).out_coloured);
}

TEST(Table, AlignsByWhatTheEyeSees) {
    const Table table{
        {"NAME", "PHASE", "AGE"},
        {{{"mnist-1"}, {"Failed", Colour::Red}, {"5m"}}, {{"文字-1"}, {""}, {"300d"}}}};
    EXPECT_EQ(render(table, false), "NAME      PHASE    AGE\n"
                                    "mnist-1   Failed   5m\n"
                                    "文字-1             300d\n");
    EXPECT_EQ(render({{"A", "B"}, {{{"x", Colour::Red}, {"y"}}}}, true),
              "\033[1mA\033[0m   \033[1mB\033[0m\n\033[31mx\033[0m   y\n");
}

const std::string long_digest = "sha256:" + std::string(64, 'a');

TEST(Table, FitsTheTerminal) {
    const Table table{{"NAME", "IMAGE", "MESSAGE"},
                      {{{"mnist-1"}, {"vision@" + long_digest}, {std::string(90, 'm')}}}};
    EXPECT_EQ(fitted(table, 0).rows, table.rows); // into a pipe
    const Table narrow = fitted(table, 80);
    EXPECT_EQ(narrow.rows[0][0].text, "mnist-1");
    EXPECT_EQ(narrow.rows[0][1].text, "vision@sha256:aaaaaaaaaaaa");
    const std::string text = render(narrow, false);
    const std::string row = text.substr(text.find('\n') + 1);
    EXPECT_EQ(row.size(), 80U + 1) << text;
    EXPECT_TRUE(row.ends_with("mmm...\n")) << text;
}

TEST(Table, IsNeverCutBelowWhatCanBeRead) {
    const Table table{{"A", "B", "C"},
                      {{{std::string(30, 'a')}, {"short"}, {std::string(30, 'c')}}}};
    EXPECT_EQ(fitted(table, 5).rows[0][0].text, std::string(30, 'a')); // its name
    EXPECT_EQ(fitted(table, 5).rows[0][1].text, "short");
    EXPECT_EQ(fitted(table, 5).rows[0][2].text, "ccccccccc...");
    EXPECT_EQ(fitted(table, 100).rows, table.rows); // it fits
}

TEST(Table, AMessageGoesOnBelow) {
    const Table table{
        {"A", "MESSAGE"},
        {{{"x"}, {"the script ended with exit code 3; its last line: 文字文字"}}, {{"y"}, {""}}}};
    EXPECT_EQ(render(with_wrapped_end(table, 30), false), "A   MESSAGE\n"
                                                          "x   the script ended with exit\n"
                                                          "    code 3; its last line:\n"
                                                          "    文字文字\n"
                                                          "y   \n");
    const Table word{{"A", "MESSAGE"}, {{{"x"}, {std::string(30, 'm')}}}};
    EXPECT_EQ(with_wrapped_end(word, 30).rows[0][1].text.size(), 26U);
    EXPECT_EQ(with_wrapped_end(word, 30).rows[1][1].text.size(), 4U);
    EXPECT_EQ(with_wrapped_end(table, 10).rows, table.rows); // too narrow for anything
    EXPECT_EQ(with_wrapped_end(table, 0).rows, table.rows);
}

TEST(Table, LinesThatDoNotFitHaveShortDigestsAndNothingIsCut) {
    const std::string line =
        "Model " + long_digest + "  a model's name that is longer than the rest";
    EXPECT_EQ(with_fitted_lines(line + "\nshort\n", 80),
              "Model sha256:aaaaaaaaaaaa  a model's name that is longer than the rest\nshort\n");
    EXPECT_EQ(with_fitted_lines(line, 200), line);
    EXPECT_EQ(with_fitted_lines(line, 0), line);
}

TEST(Table, IsCutBetweenCharacters) {
    EXPECT_EQ(cut_to_width("文字文字", 7), "文字...");
    EXPECT_EQ(cut_to_width("文字文字", 8), "文字文字");
    EXPECT_EQ(cut_to_width("abc", 2), "..");
}

TEST(Terminal, ColumnsAreThoseOfTheVariable) {
    ASSERT_EQ(::setenv("COLUMNS", "72", 1), 0);
    EXPECT_EQ(standard_terminal(ColourMode::Never).out_columns, 72U);
    ASSERT_EQ(::setenv("COLUMNS", "wide", 1), 0);
    EXPECT_EQ(standard_terminal(ColourMode::Never).out_columns, 0U); // a test has no terminal
    ASSERT_EQ(::unsetenv("COLUMNS"), 0);
}

TEST(Report, IsTheMessageAlone) {
    EXPECT_EQ(error_text(Error(ErrorCode::Unavailable, "git push: refused"), false),
              "error: git push: refused\n");
    EXPECT_EQ(error_text(Error(ErrorCode::NotFound, "\033[2Jx"), true),
              "\033[31merror:\033[0m \\x1b[2Jx\n");
}

} // namespace
} // namespace pedigree::cli

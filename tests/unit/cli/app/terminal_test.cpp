#include "cli/app/terminal.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "cli/app/report.h"
#include "cli/app/table.h"

namespace pedigree::cli {
namespace {

TEST(Terminal, PrintableTakesControlCharactersAway) {
    EXPECT_EQ(printable("plain 文字"), "plain 文字");
    EXPECT_EQ(printable("\033]0;title\007x"), " ]0;title x");
    EXPECT_EQ(printable("a\nb\tc\x7f"), "a b c ");
    EXPECT_EQ(printable("\xc2\x9b"
                        "2J"),
              " 2J"); // C1
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b"),
              "a b"); // right-to-left override
    EXPECT_EQ(printable("a\xff\xc0\xaf"
                        "b\xe6\x96"),
              "a???b??"); // invalid, overlong, cut short
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

TEST(Report, SaysWhatToDoNext) {
    EXPECT_EQ(error_text(Error(ErrorCode::NotFound, "experiment vision/a-1 not found"), false),
              "error: experiment vision/a-1 not found\n");
    EXPECT_EQ(error_text(Error(ErrorCode::Unavailable, "no\nanswer"), false),
              "error: no answer\n  check that the cluster answers: kubectl cluster-info\n");
}

} // namespace
} // namespace pedigree::cli

#include "cli/app/screen.h"

#include <sstream>

#include <gtest/gtest.h>

#include "cli/app/terminal.h"

namespace pedigree::cli {
namespace {

// What a screen shows of a text that arrives byte by byte, as the worst cut.
std::string shown(std::string_view text) {
    std::ostringstream out;
    {
        Screen screen(*out.rdbuf());
        std::ostream stream(&screen);
        for (const char byte : text) {
            stream << byte;
        }
    }
    std::ostringstream whole;
    {
        Screen screen(*whole.rdbuf());
        std::ostream stream(&screen);
        stream << text;
    }
    EXPECT_EQ(out.str(), whole.str()) << "cuts make a difference";
    return out.str();
}

TEST(Screen, PlainTextAndLinesPass) {
    EXPECT_EQ(shown("epoch 1\tloss 0.5\n文字 é 🙂\n"), "epoch 1\tloss 0.5\n文字 é 🙂\n");
}

TEST(Screen, NoSequenceOfOthersReachesTheTerminal) {
    EXPECT_EQ(shown("\033]0;owned\007"), "\\x1b]0;owned\\x07");
    EXPECT_EQ(shown("\033[2J\033[1;1H"), "\\x1b[2J\\x1b[1;1H");
    EXPECT_EQ(shown("\033[8mhidden"), "\\x1b[8mhidden");
    EXPECT_EQ(shown("\033[31;8mhidden"), "\\x1b[31;8mhidden");
    EXPECT_EQ(shown("\033c\xc2\x9b"
                    "2J"),
              "\\x1bc\\u009b2J");
    EXPECT_EQ(shown("\033\033[31mx"), "\\x1b\033[31mx");
    EXPECT_EQ(shown("gpj.\xe2\x80\xae"
                    "exe"),
              "gpj.\\u202eexe");
}

TEST(Screen, OurColoursPass) {
    for (const Colour colour :
         {Colour::Bold, Colour::Dim, Colour::Red, Colour::Green, Colour::Yellow, Colour::Blue}) {
        EXPECT_EQ(shown(coloured("x", colour, true)), coloured("x", colour, true));
    }
    EXPECT_EQ(shown("\033[1;31merror\033[0m"), "\033[1;31merror\033[0m");
}

TEST(Screen, ACarriageReturnBeginsALine) {
    EXPECT_EQ(shown("10%\r20%\r\ndone\r"), "10%\n20%\ndone\n");
}

TEST(Screen, WhatIsCutShortIsShownAtTheEnd) {
    EXPECT_EQ(shown("\xe6\x96"), "\xef\xbf\xbd");
    EXPECT_EQ(shown("a\033[3"), "a\\x1b[3");
    EXPECT_EQ(shown("\xff\n"), "\xef\xbf\xbd\n");
}

} // namespace
} // namespace pedigree::cli

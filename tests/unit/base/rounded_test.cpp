#include "base/rounded.h"

#include <gmock/gmock.h>

namespace pedigree {
namespace {

using testing::ElementsAre;

TEST(Rounded, ShowsSixDigitsAndLeavesWhatIsShort) {
    EXPECT_EQ(rounded("0.0031622776601683794"), "0.00316228");
    EXPECT_EQ(rounded("0.98"), "0.98");
    EXPECT_EQ(rounded("1e-05"), "1e-05");
    EXPECT_EQ(rounded("-1.2345678901e-20"), "-1.23457e-20");
    EXPECT_EQ(rounded("11490434"), "11490434"); // whole numbers are counts and seeds
    EXPECT_EQ(rounded("9007199254740993"), "9007199254740993");
}

TEST(Rounded, WhatIsNoNumberStays) {
    for (const char* text : {"", "adam", "NaN", "Infinity", "1.2.3", "2.13.0", "0.1 s", "1e999"}) {
        EXPECT_EQ(rounded(text), text);
    }
}

TEST(RoundedApart, TwoThatDifferAreNeverShownAlike) {
    EXPECT_THAT(rounded_apart({"0.98123456789", "0.98123456788", "0.5"}),
                ElementsAre("0.98123456789", "0.98123456788", "0.5"));
    EXPECT_THAT(rounded_apart({"0.98123456789", "0.98123457788", "0.98123456789"}),
                ElementsAre("0.98123457", "0.98123458", "0.98123457"));
    EXPECT_THAT(rounded_apart({"0.123456789", "adam"}), ElementsAre("0.123457", "adam"));
}

} // namespace
} // namespace pedigree

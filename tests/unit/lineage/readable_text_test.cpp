#include "lineage/readable_text.h"

#include <gtest/gtest.h>

namespace pedigree::lineage {
namespace {

TEST(ReadableTextTest, LeavesUtf8AsItIs) {
    EXPECT_EQ(readable_text("plain \xe8\xae\xad\xe7\xbb\x83 \"quoted\"\n"),
              "plain \xe8\xae\xad\xe7\xbb\x83 \"quoted\"\n");
    EXPECT_EQ(readable_text(std::string("a\0b", 3)), std::string("a\0b", 3));
    EXPECT_EQ(readable_text(""), "");
}

TEST(ReadableTextTest, ReplacesWhatIsNot) {
    EXPECT_EQ(readable_text("caf\xe9 x"), "caf\xef\xbf\xbd x");
    EXPECT_EQ(readable_text("cut \xe8\xae"), "cut \xef\xbf\xbd");
}

} // namespace
} // namespace pedigree::lineage

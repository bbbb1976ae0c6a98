#include "launcher/segments.h"

#include <gtest/gtest.h>

#include "tests/fakes/scratch.h"

namespace pedigree::launcher {
namespace {

TEST(Segments, are_renamed_when_full_or_sealed) {
    const Scratch scratch;
    Segments segments(scratch.path() / "log", {10, 1000});
    ASSERT_TRUE(segments.open());
    segments.write("0123456789abc");
    EXPECT_EQ(scratch.read("log/0000001.out"), "0123456789");
    EXPECT_EQ(scratch.read("log/0000002.part"), "abc");
    segments.seal();
    segments.seal(); // nothing to complete
    EXPECT_EQ(scratch.read("log/0000002.out"), "abc");
    EXPECT_FALSE(std::filesystem::exists(scratch.path() / "log/0000003.out"));
    EXPECT_EQ(segments.written_bytes(), 13);
}

TEST(Segments, a_backlog_that_nobody_ships_is_bounded_and_the_loss_is_said) {
    const Scratch scratch;
    Segments segments(scratch.path() / "log", {10, 30});
    ASSERT_TRUE(segments.open());
    for (int i = 0; i < 10; ++i) {
        segments.write("0123456789");
    }
    EXPECT_EQ(segments.written_bytes(), 100);
    EXPECT_EQ(segments.dropped_bytes(), 70);
    std::filesystem::remove(scratch.path() / "log/0000001.out"); // shipped
    std::filesystem::remove(scratch.path() / "log/0000002.out");
    segments.write("ab");
    segments.seal();
    const std::string text = scratch.read("log/0000004.out");
    EXPECT_NE(text.find("70 bytes of output were dropped here"), std::string::npos);
    EXPECT_TRUE(text.ends_with("ab"));
    EXPECT_EQ(segments.dropped_bytes(), 70);
}

} // namespace
} // namespace pedigree::launcher

#include "imagebuild/archive/zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {
namespace {

using testing::HasSubstr;

class ZipTest : public testing::Test {
  protected:
    Result<ZipArchive> open(const MadeZip& zip) {
        return ZipArchive::open(write_zip(folder_.path(), "x.whl", zip));
    }
    Scratch folder_;
};

TEST_F(ZipTest, ReadsStoredAndDeflatedMembers) {
    std::string large;
    for (std::uint32_t i = 0; i < 300'000; ++i) {
        large += static_cast<char>(i * i >> 7);
    }
    const auto zip =
        open({{{"b/large", large}, {"a", "stored", 0100755, true}, {"empty", ""}}, "", "", ""});
    ASSERT_TRUE(zip) << zip.error().message;
    ASSERT_EQ(zip->members().size(), 3);
    EXPECT_EQ(*zip->read_whole(*zip->find("b/large"), large.size()), large);
    EXPECT_EQ(*zip->read_whole(*zip->find("a"), 100), "stored");
    EXPECT_TRUE(zip->find("a")->executable);
    EXPECT_FALSE(zip->find("b/large")->executable);
    EXPECT_EQ(*zip->read_whole(*zip->find("empty"), 0), "");
    EXPECT_EQ(zip->find("nope"), nullptr);
    EXPECT_FALSE(zip->read_whole(*zip->find("a"), 3));
}

// Each deviates in one place from an archive that is read.
TEST_F(ZipTest, RefusesWhatTwoReadersCouldUnderstandDifferently) {
    const MadeMember good{"good.py", "print(1)\n"};
    const auto with = [&](auto change) {
        MadeMember member{"other.py", "print(2)\n"};
        change(member);
        return MadeZip{{good, member}, "", "", ""};
    };
    const std::vector<std::pair<MadeZip, std::string>> cases{
        {{{good, good}, "", "", ""}, "twice"},
        {with([](auto& m) { m.name = "GOOD.py"; }), "differ only in case"},
        {with([](auto& m) { m.local_name = "evil.py"; }), "contradicts"},
        {with([](auto& m) { m.name = "../evil.py"; }), "component"},
        {with([](auto& m) { m.name = "/etc/x"; }), "absolute"},
        {with([](auto& m) { m.name = "a\\b"; }), "backslash"},
        {with([](auto& m) { m.name = "a/.wh.b"; }), "delete files"},
        {with([](auto& m) { m.name = "a\xff"; }), "not UTF-8"},
        {with([](auto& m) { m.mode = 0120777; }), "neither a file nor a folder"},
        {with([](auto& m) { m.flags = 1; }), "encrypted"},
        {with([](auto& m) { m.method_change = 4; }), "other than deflate"},
        {with([](auto& m) { m.before = "hidden bytes"; }), "belong to no member"},
        {with([](auto& m) { m.size_change = 0x7fffffff; }), "thousandfold"},
        {{{good}, "xx", "", ""}, "between its directory and its end record"},
        {{{good}, "", "trailing", ""}, "end record"},
        {{{good}, "", "", "a comment"}, "end record"},
        {{{}, "", "", ""}, ""}};
    for (const auto& [zip, words] : cases) {
        const auto opened = open(zip);
        if (words.empty()) {
            EXPECT_TRUE(opened); // an empty archive is merely no wheel
            continue;
        }
        ASSERT_FALSE(opened) << words;
        EXPECT_EQ(opened.error().reason, "WheelRefused");
        EXPECT_THAT(opened.error().message, HasSubstr(words));
    }
    EXPECT_TRUE(open(with([](auto&) {})));
}

TEST_F(ZipTest, RefusesBytesThatAreNotTheMember) {
    const auto read_only = [&](MadeMember member) {
        const auto zip = open({{member}, "", "", ""});
        EXPECT_TRUE(zip);
        return zip->read_whole(zip->members().at(0), 1000);
    };
    MadeMember wrong_crc{"a", "bytes"};
    wrong_crc.crc_change = 1;
    EXPECT_THAT(read_only(wrong_crc).error().message, HasSubstr("size or CRC is wrong"));
    MadeMember broken{"a", "bytes"};
    broken.raw = "\x07\x07\x07\x07";
    EXPECT_THAT(read_only(broken).error().message, HasSubstr("broken"));
    MadeMember longer{"a", "bytes"};
    longer.size_change = 3;
    EXPECT_FALSE(read_only(longer));
    MadeMember shorter{"a", "bytes"};
    shorter.size_change = static_cast<std::uint32_t>(-2);
    EXPECT_THAT(read_only(shorter).error().message, HasSubstr("more than it says"));
    // A second stream behind the first: it would shift everything behind it in a layer.
    MadeMember two_streams{"a", "bytes"};
    two_streams.raw = std::string("\x4b\xaa\x2c\x49\x2d\x06\x00", 7) + "hidden";
    EXPECT_FALSE(read_only(two_streams));
}

} // namespace
} // namespace pedigree::imagebuild

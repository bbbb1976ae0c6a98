// Archives that somebody made to be understood differently by two readers, or to cost more than
// they are worth. They are made here, byte by byte: each is refused with one sentence, quickly.
#include <chrono>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imagebuild/archive/zip.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;

class HostileZip : public testing::Test {
  protected:
    Result<ZipArchive> open_bytes(const std::string& bytes, ZipLimits limits = {}) {
        folder_.write("x.whl", bytes);
        return ZipArchive::open(folder_.path() / "x.whl", limits);
    }
    void expect_refused(const std::string& bytes, const std::string& words, ZipLimits limits = {}) {
        const auto begin = steady_clock::now();
        const auto opened = open_bytes(bytes, limits);
        EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5)) << words;
        ASSERT_FALSE(opened) << words;
        EXPECT_EQ(opened.error().reason, "WheelRefused");
        EXPECT_THAT(opened.error().message, HasSubstr(words));
        EXPECT_THAT(opened.error().message, HasSubstr("x.whl "));
        EXPECT_LT(opened.error().message.size(), 400);
    }
    Scratch folder_;
};

// A field of the archive's bytes, written over.
std::string patched(std::string bytes, std::size_t at, const std::string& field) {
    return bytes.replace(at, field.size(), field);
}

const MadeZip one{{{"a.py", "aaaaaaaaaaaaaaaaaaaaaaaa"}}, "", "", ""};

std::string extra_field(std::uint16_t kind, const std::string& data) {
    return little_endian(kind, 2) + little_endian(data.size(), 2) + data;
}

MadeZip with(const std::function<void(MadeMember&)>& change) {
    MadeZip zip = one;
    change(zip.members[0]);
    return zip;
}

// The first member's local header stands at 0: each of its fields is changed alone.
TEST_F(HostileZip, LocalHeadersMayNotContradictTheDirectory) {
    const std::string good = zip_bytes(one);
    ASSERT_TRUE(open_bytes(good));
    for (const std::size_t at :
         {0u /* signature */, 6u /* flags */, 8u /* method */, 14u /* CRC */, 18u /* packed */,
          22u /* unpacked */, 26u /* name's length */, 28u /* extra's length */, 30u /* name */}) {
        const char other = static_cast<char>(good[at] ^ 0x04);
        expect_refused(patched(good, at, std::string(1, other)), "contradicts");
    }
}

TEST_F(HostileZip, TheEndRecordMayNotLie) {
    const std::string good = zip_bytes(one);
    const std::size_t end = good.size() - 22;
    const auto number = [](std::uint64_t value, int bytes) { return little_endian(value, bytes); };
    expect_refused(patched(good, end + 8, number(0, 2) + number(0, 2)),
                   "more members than its end record says");
    expect_refused(patched(good, end + 8, number(2, 2) + number(2, 2)), "broken central directory");
    expect_refused(patched(good, end + 8, number(2, 2)), "split");
    expect_refused(patched(good, end + 4, number(1, 2)), "split");
    expect_refused(patched(good, end + 8, number(0xffff, 2) + number(0xffff, 2)), "ZIP64");
    expect_refused(patched(good, end + 16, number(0xffffffff, 4)), "ZIP64");
    expect_refused(patched(good, end + 12, number(0xffffffff, 4)), "too many members");
    expect_refused(patched(good, end + 16, number(0, 4)), "between its directory");
    expect_refused(good.substr(0, good.size() - 1), "end record");
    expect_refused("", "too short");
    expect_refused(good + good, "between its directory"); // one archive behind another
    expect_refused("#!/bin/sh\n" + good, "between its directory");
}

TEST_F(HostileZip, MembersMayNotOverlapNorLeaveGaps) {
    MadeZip two = one;
    two.members.push_back({"b.py", "bbbbbbbbbbbbbbbbbbbbbbbb"});
    const std::string good = zip_bytes(two);
    ASSERT_TRUE(open_bytes(good));
    const std::size_t second = good.rfind("PK\x01\x02");
    expect_refused(patched(good, second + 42, little_endian(0, 4)), "belong to no member");
    expect_refused(zip_bytes(with([](MadeMember& member) { member.before = "x"; })),
                   "belong to no member");
    // A packed size that leads around 2^64 to a place in front of the member.
    const std::string wide = little_endian(~std::uint64_t{0} - 9, 8);
    MadeZip wrapped = with([&](MadeMember& member) {
        member.extra = extra_field(1, wide);
        member.local_extra = extra_field(1, wide);
    });
    std::string bytes = zip_bytes(wrapped);
    bytes = patched(bytes, 18, little_endian(0xffffffff, 4));
    bytes = patched(bytes, bytes.find("PK\x01\x02") + 20, little_endian(0xffffffff, 4));
    expect_refused(bytes, "contradicts");
}

TEST_F(HostileZip, ExtraFieldsMayNotSayTwoThings) {
    const auto name_field = [](const std::string& name) {
        return extra_field(0x7075, std::string(5, '\1') + name);
    };
    EXPECT_TRUE(open_bytes(zip_bytes(with([&](auto& m) { m.extra = name_field("a.py"); }))));
    EXPECT_TRUE(open_bytes(zip_bytes(with([&](auto& m) { m.extra = extra_field(7, "any"); }))));
    expect_refused(zip_bytes(with([&](auto& m) { m.extra = name_field("evil.py"); })),
                   "second name");
    expect_refused(zip_bytes(with([&](auto& m) { m.local_extra = name_field("evil.py"); })),
                   "contradicts");
    expect_refused(
        zip_bytes(with([&](auto& m) { m.extra = extra_field(1, "") + extra_field(1, ""); })),
        "ZIP64 field");
    expect_refused(zip_bytes(with([&](auto& m) { m.extra = std::string("\1\0\xff\0", 4); })),
                   "ZIP64 field");
}

TEST_F(HostileZip, NamesAreOnePlaceForEverybody) {
    const auto named = [](const std::string& name, std::uint16_t flags = 0) {
        return zip_bytes(with([&](MadeMember& member) {
            member.name = name;
            member.flags = flags;
        }));
    };
    EXPECT_TRUE(open_bytes(named("模型.py", 1 << 11)));
    expect_refused(named("模型.py"), "how its name is encoded");
    for (const auto& [name, words] : std::vector<std::pair<std::string, std::string>>{
             {std::string("a\0.py", 5), "control character"},
             {"a\n.py", "control character"},
             {"a/../../x", "component"},
             {"./a", "component"},
             {"a//b", "component"},
             {"//etc/x", "absolute"},
             {"c:\\x", "backslash"},
             {"a/.wh..wh..opq", "delete files"},
             {".wh.numpy/x", "delete files"},
             {std::string(256, 'n'), "too long for a file system"},
             {std::string(1100, 'n'), "too long name"},
             {"", "empty"}}) {
        expect_refused(named(name), words);
    }
    expect_refused(zip_bytes({{{"a", "x"}, {"a/b", "y"}}, "", "", ""}),
                   "\"a\" as a file and as a folder");
    expect_refused(zip_bytes({{{"A", "x"}, {"a/b", "y"}}, "", "", ""}), "as a folder");
    expect_refused(zip_bytes({{{"a/", ""}, {"a", "y"}}, "", "", ""}), "twice");
    EXPECT_TRUE(open_bytes(zip_bytes({{{"a/", ""}, {"a/b", "y"}}, "", "", ""})));
}

TEST_F(HostileZip, OnlyPlainFilesWithoutSpecialModes) {
    for (const unsigned mode : {0020644u /* device */, 0010644u /* FIFO */, 0060644u, 0140644u}) {
        expect_refused(zip_bytes(with([&](MadeMember& member) { member.mode = mode; })),
                       "neither a file nor a folder");
    }
    const auto set_user = open_bytes(zip_bytes(with([](auto& member) { member.mode = 0104755; })));
    ASSERT_TRUE(set_user); // all that is taken of a mode is whether it may be executed
    EXPECT_TRUE(set_user->members()[0].executable);
}

// What the local header leaves open stands behind the member, and must be what the directory says.
TEST_F(HostileZip, DataDescriptorsAreRead) {
    const auto described = [](const std::string& signature, char crc_change) {
        std::string bytes = zip_bytes(with([](MadeMember& member) { member.flags = 1 << 3; }));
        std::string descriptor = signature + bytes.substr(14, 12); // CRC and both sizes
        descriptor[signature.size()] ^= crc_change;
        const std::size_t directory = bytes.find("PK\x01\x02");
        bytes.insert(directory, descriptor);
        bytes = patched(bytes, 14, std::string(12, '\0'));
        return patched(bytes, bytes.size() - 6, little_endian(directory + descriptor.size(), 4));
    };
    EXPECT_TRUE(open_bytes(described("PK\x07\x08", 0)));
    EXPECT_TRUE(open_bytes(described("", 0)));
    expect_refused(described("PK\x07\x08", 1), "contradicts");
    expect_refused(described("", 1), "contradicts");
}

TEST_F(HostileZip, BombsAreRefusedBeforeTheyAreUnpacked) {
    const std::string zeros(200'000, '\0');
    const MadeZip bomb{{{"zeros", zeros}, {"more", zeros}}, "", "", ""};
    EXPECT_TRUE(open_bytes(zip_bytes(bomb)));
    ZipLimits limits;
    limits.unpacked_bytes_free = 300'000;
    expect_refused(zip_bytes(bomb), "unpacks to more than 200 times its size", limits);
    limits.unpacked_bytes_max = 300'000;
    expect_refused(zip_bytes(bomb), "unpacks to more than 300000 bytes", limits);
    MadeZip said = bomb;
    said.members[0].size_change = 0x7fffffff;
    expect_refused(zip_bytes(said), "thousandfold");
}

TEST_F(HostileZip, AMillionMembersCostNeitherTimeNorMemory) {
    // All are the same member, so the file is small for what it says.
    const std::string good = zip_bytes(one);
    const std::size_t directory = good.find("PK\x01\x02");
    const std::string entry = good.substr(directory, good.size() - 22 - directory);
    const auto many = [&](std::size_t count, std::uint64_t said) {
        std::string bytes = good.substr(0, directory);
        for (std::size_t i = 0; i < count; ++i) {
            bytes += entry;
        }
        return bytes + little_endian(0x06054b50, 4) + little_endian(0, 4) + little_endian(said, 2) +
               little_endian(said, 2) + little_endian(count * entry.size(), 4) +
               little_endian(directory, 4) + little_endian(0, 2);
    };
    expect_refused(many(1'000'000, 1'000'000 % 65'536), "too many members");
    expect_refused(many(1'000'000, 0xffff), "ZIP64");
    expect_refused(many(60'000, 60'000), "belong to no member");
    ZipLimits limits;
    limits.members_max = 10;
    expect_refused(many(11, 11), "too many members", limits);
}

} // namespace
} // namespace pedigree::imagebuild

// Locks and wheels as they are in the world (README.md here, L).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imagebuild/lock/lock.h"
#include "tests/world/images/images.h"

namespace pedigree::imagebuild {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Outcome with_wheel(const MadeWheel& wheel) {
    Images images;
    images.add(wheel);
    return images.assemble(images.base(slim()));
}

// L1: a wheel for a newer Python than the base's.
TEST(LockCases, L1RequiresPythonIsKept) {
    for (const auto& [specifiers, fits] : std::map<std::string, bool>{{">=3.12", false},
                                                                      {">=2.7,<3.11", false},
                                                                      {"!=3.11.*", false},
                                                                      {">=3.11.3", false},
                                                                      {">=3.11.2", true},
                                                                      {"~=3.8", true},
                                                                      {">=3.8,!=3.9.0", true}}) {
        const Outcome outcome = with_wheel({.name = "case_py",
                                            .files = {{"case_py.py", "V = 1\n"}},
                                            .requires_python = specifiers});
        EXPECT_EQ(outcome.reason, fits ? "" : "NoFittingWheel") << specifiers << outcome.refusal;
        if (!fits) {
            EXPECT_THAT(outcome.refusal,
                        AllOf(HasSubstr("case_py==1.0"),
                              HasSubstr("Requires-Python: " + specifiers), HasSubstr("3.11.2")));
        }
    }
}

std::string utf16(std::string_view text, bool big_endian) {
    std::string out;
    for (const char c : text) {
        out += big_endian ? std::string(1, '\0') + c : c + std::string(1, '\0');
    }
    return out;
}

// L3: as PowerShell's > leaves a file.
TEST(LockCases, L3AnEncodingIsKnownByItsMark) {
    const std::string text = "demo==1.0 --hash=sha256:" + std::string(64, 'a') + "\n";
    for (const auto& [name, bytes] : std::vector<std::pair<const char*, std::string>>{
             {"UTF-16 LE", "\xff\xfe" + utf16(text, false)},
             {"UTF-16 BE", "\xfe\xff" + utf16(text, true)},
             {"UTF-16 BE, beyond the first plane", "\xfe\xff" + utf16("# ", true) +
                                                       std::string("\xd8\x3d\xde\x00\0\n", 6) +
                                                       utf16(text, true)},
             {"UTF-8", "\xef\xbb\xbf" + text},
             {"none", text},
             {"Latin-1 in a comment", "# M\xfcller\n" + text}}) {
        const auto lock = parse_lock(bytes, "x.lock");
        ASSERT_TRUE(lock) << name << lock.error().message;
        ASSERT_EQ(lock->packages.size(), 1U) << name;
        EXPECT_EQ(lock->packages[0].name, "demo");
        EXPECT_EQ(lock->digest, sha256(bytes)) << "of the file as it is";
    }
    for (const auto& [name, bytes] : std::vector<std::pair<const char*, std::string>>{
             {"without a mark", utf16(text, false)},
             {"half a unit", "\xff\xfe" + utf16(text, false) + "x"},
             {"half a pair", "\xfe\xff" + std::string("\xd8\x3d\0x", 4)}}) {
        const auto refused = parse_lock(bytes, "x.lock");
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().reason, "LockInvalid");
        EXPECT_THAT(refused.error().message,
                    AllOf(HasSubstr("UTF-16"), HasSubstr("save it as UTF-8")));
    }
}

// L4: a dependency of early patch releases alone.
TEST(LockCases, L4TheBasesOwnReleaseDecidesAMarker) {
    const std::string marker = " ; python_full_version < \"3.11.3\"";
    for (const auto& [release, installed] :
         std::map<std::string, bool>{{"3.11.2", true}, {"3.11.9", false}}) {
        Images images;
        images.add({.name = "case_plain", .files = {{"case_plain.py", "V = 1\n"}}});
        images.lock->insert(images.lock->find(" --hash"), marker);
        const Outcome outcome = images.assemble(
            images.base(slim({file("usr/local/bin/python3.11", python_program(release))})));
        EXPECT_EQ(outcome.refusal, "");
        EXPECT_EQ(outcome.has("usr/local/lib/python3.11/site-packages/case_plain.py"), installed)
            << release;
    }
    // A program that does not say its release: no guess, and the command that helps.
    Images images;
    images.add({.name = "case_plain", .files = {{"case_plain.py", "V = 1\n"}}});
    images.lock->insert(images.lock->find(" --hash"), marker);
    const Outcome outcome =
        images.assemble(images.base(slim({file("usr/local/bin/python3.11", "x")})));
    EXPECT_THAT(outcome.refusal, AllOf(HasSubstr("E0140"), HasSubstr("Python is 3.11;"),
                                       HasSubstr("`pedigree lock REQUIREMENTS --base IMAGE`")));
}

TEST(LockCases, L4TheReleaseMayStandInTheLibrary) {
    Images images;
    images.add({.name = "case_plain", .files = {{"case_plain.py", "V = 1\n"}}});
    const Outcome outcome = images.assemble(
        images.base(slim({file("usr/local/bin/python3.11", "\x7f"
                                                           "ELF"),
                          file("usr/local/lib/libpython3.11.so.1.0", python_program("3.11.14"))})));
    EXPECT_EQ(outcome.inventory.python.version(), "3.11.14");
}

// L5: rows of RECORD twice, and hashes better than sha256.
TEST(LockCases, L5ARowOfRecordTwiceIsOneIfBothAgree) {
    EXPECT_EQ(
        with_wheel(
            {.name = "case_dup", .files = {{"case_dup.py", "V = 1\n"}}, .twice = {"case_dup.py"}})
            .refusal,
        "");
}

TEST(LockCases, L5EveryHashThatIsGoodEnoughIsProved) {
    for (const char* algorithm : {"sha256", "sha384", "sha512", "blake2b"}) {
        const Outcome outcome = with_wheel(
            {.name = "case_hash", .files = {{"case_hash.py", "V = 1\n"}}, .algorithm = algorithm});
        EXPECT_EQ(outcome.refusal, "") << algorithm;
    }
    for (const char* algorithm : {"md5", "sha1"}) {
        const Outcome outcome = with_wheel(
            {.name = "case_hash", .files = {{"case_hash.py", "V = 1\n"}}, .algorithm = algorithm});
        EXPECT_EQ(outcome.reason, "WheelRefused") << algorithm;
        EXPECT_THAT(outcome.refusal, HasSubstr("wheel pack"));
    }
}

// L6: two wheels that own one file.
TEST(LockCases, L6AnOverlapIsToldAtEverySize) {
    const auto overlap = [](std::size_t first, std::size_t second, const std::string& other) {
        Images images;
        images.add({.name = "case_biga",
                    .files = {{"case_shared/core.py", "WHO = 'a'\n"}},
                    .padding = first});
        images.add(
            {.name = "case_bigb", .files = {{"case_shared/core.py", other}}, .padding = second});
        return images.assemble(images.base(slim())).warnings;
    };
    constexpr std::size_t small = 9, large = 9 << 20;
    const auto told = [](const char* kept) {
        return ElementsAre(AllOf(HasSubstr("case_biga"), HasSubstr("case_bigb"),
                                 HasSubstr("case_shared/core.py"),
                                 HasSubstr(fmt::format("the one of {} is kept", kept))));
    };
    // As pip does (pip_cases_test.cpp), whichever layer lies above.
    EXPECT_THAT(overlap(small, small, "WHO = 'b'\n"), told("case_biga"));
    EXPECT_THAT(overlap(large, large, "WHO = 'b'\n"), told("case_biga"));
    EXPECT_THAT(overlap(small, large, "WHO = 'b'\n"), told("case_biga"));
    EXPECT_THAT(overlap(large, small, "WHO = 'b'\n"), told("case_biga"));
    EXPECT_THAT(overlap(large, large, "WHO = 'a'\n"), IsEmpty());
}

TEST(LockCases, L6ManyOverlapsAreCounted) {
    Images images;
    for (const char* name : {"case_biga", "case_bigb"}) {
        MadeWheel wheel{.name = name};
        for (int i = 0; i < 50; ++i) {
            wheel.files[fmt::format("case_shared/{}.py", i)] = name;
        }
        images.add(wheel);
    }
    const auto warnings = images.assemble(images.base(slim())).warnings;
    ASSERT_EQ(warnings.size(), overlaps_shown_max + 1);
    EXPECT_THAT(warnings.back(), HasSubstr("and 30 more files"));
}

} // namespace
} // namespace pedigree::imagebuild

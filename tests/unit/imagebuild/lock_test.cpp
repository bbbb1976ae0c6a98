// Runs tests/cases/imagebuild/lock: each file is a lock, of the form that its name says, whose
// first line says what must come of it,
// "# packages: N" or "# refused: WORDS | WORDS".
#include "imagebuild/lock/lock.h"

#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/checkout/checkout.h"

namespace pedigree::imagebuild {
namespace {

TEST(Lock, CasesGiveWhatTheirFirstLineSays) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(case_path("imagebuild/lock"))) {
        const std::string name = entry.path().filename().string();
        const std::string text = *read_file(entry.path());
        const std::string first = text.substr(0, text.find_first_of("\r\n"));
        const auto lock = parse_lock(text, name);
        if (first.starts_with("# packages: ")) {
            ASSERT_TRUE(lock) << name << ": " << lock.error().message;
            EXPECT_EQ(std::to_string(lock->packages.size()), first.substr(12)) << name;
        } else {
            ASSERT_TRUE(first.starts_with("# refused: ")) << name;
            ASSERT_FALSE(lock) << name;
            EXPECT_EQ(lock.error().reason, "LockInvalid");
            std::string words = first.substr(11);
            for (std::size_t bar; (bar = words.find(" | ")) != words.npos;
                 words.erase(0, bar + 3)) {
                EXPECT_THAT(lock.error().message, testing::HasSubstr(words.substr(0, bar))) << name;
            }
            EXPECT_THAT(lock.error().message, testing::HasSubstr(words)) << name;
        }
        ++count;
    }
    EXPECT_GE(count, 10);
}

TEST(Lock, ReadsTheSampleProjectsLock) {
    const std::filesystem::path path = checkout_path("dev/samples/mnist/requirements.lock");
    const std::string text = *read_file(path);
    const auto lock = parse_lock(text, "requirements.lock");
    ASSERT_TRUE(lock) << lock.error().message;
    EXPECT_EQ(lock->packages.at(0).name, "alembic");
    EXPECT_EQ(lock->packages.at(0).version, "1.14.1");
    EXPECT_EQ(lock->packages.at(0).line, 1);
    EXPECT_EQ(lock->packages.at(0).hashes.at(0).hex(),
              "1acdd7a3a478e208b0503cd73614d5e4c6efafa4e73518bb60e4f2846a37b1c5");
    EXPECT_EQ(lock->digest, sha256(text));
}

TEST(Lock, BothFormsGiveTheSameLock) {
    const std::string one(64, '1'), two(64, '2');
    const auto requirements = parse_lock("six==1.16.0 ; os_name == 'posix' --hash=sha256:" + one +
                                             " --hash=sha256:" + two,
                                         "requirements.txt");
    const auto pylock = parse_lock("lock-version = '1.0'\npackages = [{name = 'six', "
                                   "version = '1.16.0', marker = \"os_name == 'posix'\", "
                                   "wheels = [{hashes = {sha256 = '" +
                                       one + "'}}, {hashes = {sha256 = '" + two + "'}}]}]",
                                   "deps/pylock.toml");
    ASSERT_TRUE(requirements && pylock) << pylock.error().message;
    ASSERT_EQ(pylock->packages.size(), 1);
    const LockedPackage &a = requirements->packages[0], &b = pylock->packages[0];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.version, b.version);
    EXPECT_EQ(a.marker, b.marker);
    EXPECT_EQ(a.hashes, b.hashes);
    EXPECT_NE(requirements->digest, pylock->digest);
}

TEST(Lock, APylockSaysForWhichPythonsItIs) {
    const auto lock = parse_lock("lock-version = '1.0'\nrequires-python = '>=3.9'\n"
                                 "environments = [\"os_name == 'nt'\", \"os_name == 'posix'\"]\n"
                                 "default-groups = ['dev']\n[[packages]]\nname = 'six'\n"
                                 "version = '1'\nrequires-python = '>=3.12'\n"
                                 "wheels = [{hashes = {sha256 = '" +
                                     std::string(64, '1') + "'}}]",
                                 "pylock.toml");
    ASSERT_TRUE(lock) << lock.error().message;
    EXPECT_EQ(lock->environment,
              "python_full_version >= '3.9' and ((os_name == 'nt') or (os_name == 'posix'))");
    EXPECT_EQ(lock->groups, std::vector<std::string>{"dev"});
    EXPECT_EQ(lock->packages[0].environment, "python_full_version >= '3.12'");
    EXPECT_EQ(lock->packages[0].line, 5);
}

TEST(Lock, HostileTomlCostsItsSize) {
    for (const char* piece : {"[", "{a=", "a.", "[a.b]\n", "[[packages]]\n", "x=[", "\"", "'", "#",
                              "a=1\n", "[],", "[[a.a.a.a.a.a.a]]\n", "\xff", "\\u0000",
                              "[[packages]]\nname='a'\nversion='1'\nwheels=[{}]\n"}) {
        std::string text = "lock-version = '1.0'\nx = [";
        text += std::string_view(piece).find('\n') == std::string_view::npos ? "" : "]\n";
        while (text.size() + 100 < lock_bytes_max / 4) {
            text += piece;
        }
        const auto begin = std::chrono::steady_clock::now();
        const auto lock = parse_lock(text, "pylock.toml");
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << piece;
        ASSERT_FALSE(lock) << piece;
        EXPECT_LT(lock.error().message.size(), 1500) << piece;
    }
}

TEST(Lock, HostileTextsCostTheirSize) {
    const std::string digest = std::string(64, '0');
    for (const std::string& line :
         {std::string("\n"), std::string("-x\n"), std::string("\\\n"), std::string("a==1 --x\n"),
          std::string("a --x"), std::string(" --hash="), std::string("x\0\xff", 3),
          "a==1 --hash=sha256:" + digest + "\n", " --hash=sha256:" + digest, std::string("["),
          std::string("a==1;"), std::string("\r"), std::string("#")}) {
        std::string text;
        while (text.size() + line.size() <= lock_bytes_max) {
            text += line;
        }
        const auto begin = std::chrono::steady_clock::now();
        const auto lock = parse_lock(text, "x.lock");
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << line;
        ASSERT_FALSE(lock) << line;
        EXPECT_LT(lock.error().message.size(), 1500) << line;
    }
    EXPECT_EQ(parse_lock(std::string(lock_bytes_max + 1, ' '), "x").error().code,
              ErrorCode::TooLarge);
}

} // namespace
} // namespace pedigree::imagebuild

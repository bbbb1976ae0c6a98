// What somebody else may put where we read: links to secrets, FIFOs, sockets, folders, and all of
// them swapped while we look. Each test runs by openat2 and by the walk that stands in for it.

#include "base/untrusted_folder.h"

#include <atomic>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/fakes/scratch.h"

namespace pedigree {
namespace {

namespace fs = std::filesystem;

struct UntrustedFolderTest : testing::TestWithParam<UntrustedFolder::Way> {
    UntrustedFolder open() {
        scratch.write("open/a/b/file", "bytes");
        scratch.write("secret/key", "canary");
        return *UntrustedFolder::open(scratch.path() / "open", GetParam());
    }
    void link(const fs::path& target, const std::string& at) {
        fs::create_symlink(target, scratch.path() / "open" / at);
    }
    Scratch scratch;
};
INSTANTIATE_TEST_SUITE_P(Both, UntrustedFolderTest,
                         testing::Values(UntrustedFolder::Way::Kernel, UntrustedFolder::Way::Walk));

TEST_P(UntrustedFolderTest, reads_what_lies_beneath) {
    const auto folder = open();
    EXPECT_EQ(folder.read("a/b/file", 5).value(), "bytes");
    EXPECT_EQ(folder.folder("a")->read("b/file", 5).value(), "bytes");
    EXPECT_EQ(folder.read("a/b/file", 4).error().code, ErrorCode::TooLarge);
    EXPECT_EQ(folder.file("a/none").error().code, ErrorCode::NotFound);
    EXPECT_EQ(folder.file("a/b/file")->digest().value(), sha256("bytes"));
}

TEST_P(UntrustedFolderTest, no_path_leads_out) {
    const auto folder = open();
    for (const char* path : {"", ".", "..", "../secret/key", "a/../../secret/key", "/etc/passwd",
                             "a//b", "a/./b", "a/"}) {
        EXPECT_EQ(folder.file(path).error().code, ErrorCode::InvalidInput) << path;
        EXPECT_EQ(folder.folder(path).error().code, ErrorCode::InvalidInput) << path;
    }
}

TEST_P(UntrustedFolderTest, no_link_is_opened_wherever_it_stands) {
    const auto folder = open();
    link(scratch.path() / "secret/key", "file");
    link("../secret", "folder");
    link("a", "inner");
    link("/proc/self/root", "magic");
    for (const char* path : {"file", "folder/key", "inner/b/file", "magic", "magic/etc/passwd"}) {
        EXPECT_EQ(folder.file(path).error().code, ErrorCode::InvalidInput) << path;
    }
    EXPECT_FALSE(folder.folder("folder"));
    EXPECT_FALSE(folder.folder("inner"));
}

TEST_P(UntrustedFolderTest, only_regular_files_are_given_and_none_blocks) {
    const auto folder = open();
    ASSERT_EQ(::mkfifo((scratch.path() / "open/fifo").c_str(), 0600), 0);
    const int number = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    (scratch.path() / "open/socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(number, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    for (const char* path : {"fifo", "socket", "a"}) {
        EXPECT_EQ(folder.file(path).error().code, ErrorCode::InvalidInput) << path;
    }
    ::close(number);
}

// The attack that was seen: an honest file when it is listed, a link to a credential when opened.
TEST_P(UntrustedFolderTest, a_file_that_is_swapped_is_never_the_secret) {
    const auto folder = open();
    const fs::path honest = scratch.path() / "open/honest", evil = scratch.path() / "open/evil";
    std::atomic<bool> enough = false;
    std::jthread swapper([&] {
        for (int i = 0; !enough; ++i) {
            fs::remove(evil);
            i % 2 == 0 ? fs::create_symlink("../secret/key", evil)
                       : fs::create_symlink(scratch.path() / "secret/key", evil);
            fs::rename(evil, honest);
            std::ofstream(evil) << "harmless";
            fs::rename(evil, honest);
        }
    });
    bool never_the_secret = true;
    for (int read = 0, refused = 0; never_the_secret && (read < 300 || refused < 300);) {
        const auto text = folder.read("honest", 100);
        never_the_secret = !text || text->find("canary") == std::string::npos;
        ++(text ? read : refused);
    }
    enough = true;
    EXPECT_TRUE(never_the_secret);
}

TEST_P(UntrustedFolderTest, a_file_that_becomes_shorter_is_a_conflict) {
    const auto folder = open();
    const auto file = folder.file("a/b/file");
    fs::resize_file(scratch.path() / "open/a/b/file", 2);
    EXPECT_EQ(file->digest().error().code, ErrorCode::Conflict);
    scratch.write("open/a/b/file", "bytes and more");
    EXPECT_EQ(file->digest().value(), sha256("bytes")); // of what it was when it was opened
}

TEST_P(UntrustedFolderTest, the_list_names_kinds_and_follows_nothing) {
    const auto folder = open();
    link("..", "up");
    const auto entries = folder.list();
    ASSERT_TRUE(entries);
    std::string told;
    for (const auto& entry : *entries) {
        told += entry.path + (entry.kind == EntryKind::Link     ? "@ "
                              : entry.kind == EntryKind::Folder ? "/ "
                                                                : " ");
    }
    EXPECT_EQ(told, "a/ a/b/ a/b/file up@ ");
    EXPECT_EQ(folder.list({.entries_max = 3}).error().code, ErrorCode::TooLarge);
    EXPECT_TRUE(folder.list({.entries_max = 4}));
    EXPECT_EQ(folder.list({.depth_max = 1}).error().code, ErrorCode::TooLarge);
    EXPECT_TRUE(folder.list({.depth_max = 2}));
}

TEST_P(UntrustedFolderTest, links_are_resolved_by_their_text) {
    const auto folder = open();
    link("a/b/file", "relative");
    link("relative", "chain");
    link("../b/../b/file", "a/b/turns");
    link("/outside/a/b/file", "absolute");
    link("a/b", "folder");
    for (const char* path :
         {"relative", "chain", "a/b/turns", "absolute", "folder/file", "a/b/file"}) {
        EXPECT_EQ(folder.resolve(path, "/outside").value_or("?"), "a/b/file") << path;
    }
    link("/outside", "self");
    EXPECT_EQ(folder.resolve("self", "/outside").value_or("?"), "");
    link("../secret/key", "out");
    link(scratch.path() / "secret/key", "away");
    link("/outsiders/x", "near");
    link("loop", "loop");
    for (const char* path : {"out", "away", "near", "loop", "../secret"}) {
        EXPECT_EQ(folder.resolve(path, "/outside").error().code, ErrorCode::InvalidInput) << path;
    }
    link("none", "dangling");
    EXPECT_EQ(folder.resolve("dangling", "").error().code, ErrorCode::NotFound);
}

TEST_P(UntrustedFolderTest, a_touched_file_is_new) {
    const auto folder = open();
    link(scratch.path() / "secret/key", "mark");
    ASSERT_TRUE(folder.touch("mark"));
    EXPECT_FALSE(fs::is_symlink(scratch.path() / "open/mark"));
    EXPECT_EQ(scratch.read("secret/key"), "canary");
    EXPECT_FALSE(folder.touch("a")); // a folder is in its place
    folder.remove("mark");
    folder.remove("../secret/key");
    EXPECT_FALSE(fs::exists(scratch.path() / "open/mark"));
    EXPECT_EQ(scratch.read("secret/key"), "canary");
}

} // namespace
} // namespace pedigree

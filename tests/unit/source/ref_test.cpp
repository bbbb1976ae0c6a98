#include "source/ref.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::source {
namespace {

TEST(Ref, AcceptsBranchesAndTags) {
    for (const char* ref : {"main", "feature/x", "v1.0", "refs/tags/v1", "release-2.13", "a@b"}) {
        EXPECT_TRUE(check_ref(ref)) << ref;
    }
}

// What could become an option, a range, a reflog lookup or a path of the server's.
TEST(Ref, RefusesWhatIsNoName) {
    const std::vector<std::string> refused{"",
                                           "--upload-pack=x",
                                           "main..x",
                                           "@{-1}",
                                           "@",
                                           "a b",
                                           "main\r",
                                           "a:b",
                                           "a^",
                                           "a~1",
                                           "a*",
                                           "a\\b",
                                           "/a",
                                           "a/",
                                           "a//b",
                                           ".a",
                                           "a/.b",
                                           "a.lock",
                                           "x/a.lock/b",
                                           "a.",
                                           std::string(256, 'a'),
                                           "a\x7f"};
    for (const std::string& ref : refused) {
        const Status status = check_ref(ref);
        ASSERT_FALSE(status) << ref;
        EXPECT_EQ(status.error().reason, "RefInvalid");
        EXPECT_THAT(status.error().message, testing::HasSubstr("not a valid ref or 40-hex id"));
    }
}

TEST(Ref, CommitsAreFullIds) {
    EXPECT_TRUE(check_commit("0123456789abcdef0123456789abcdef01234567"));
    EXPECT_FALSE(check_commit("0123456"));
    EXPECT_FALSE(check_commit("0123456789ABCDEF0123456789abcdef01234567"));
    EXPECT_FALSE(check_commit(std::string(40, '0'))); // git's word for "none"
    EXPECT_TRUE(check_commit(std::string(39, '0') + "1"));
}

TEST(Ref, SubdirectoriesStayInside) {
    for (const char* path : {".", "a", "a/b", "a.b/c"}) {
        EXPECT_TRUE(check_subdirectory(path)) << path;
    }
    for (const char* path : {"", "..", "a/..", "/a", "a//b", "./a", "a/", "..\\x"}) {
        EXPECT_FALSE(check_subdirectory(path)) << path;
    }
}

} // namespace
} // namespace pedigree::source

#include "source/path_rules.h"

#include <gtest/gtest.h>

namespace pedigree::source {
namespace {

constexpr std::size_t path_bytes_max = 64;

TEST(PathRules, AcceptsOrdinaryPaths) {
    for (const char* path :
         {"train.py", "a/b/c.txt", "a b", ".gitignore", ".github/x", "模型.py"}) {
        EXPECT_TRUE(check_path(path, path_bytes_max)) << path;
    }
}

TEST(PathRules, RefusesWhatALayerOrACheckoutWouldMisread) {
    const std::vector<std::string> refused{".git", "a/.GIT/config", "a/.wh.b", ".wh..wh..opq",
                                           "a\nb", "a/../b",        "a//b",    std::string(65, 'a'),
                                           "\xff"};
    for (const std::string& path : refused) {
        EXPECT_FALSE(check_path(path, path_bytes_max)) << path;
    }
}

TEST(PathRules, SymlinksStayInside) {
    EXPECT_TRUE(symlink_stays_inside("a/b", "c"));
    EXPECT_TRUE(symlink_stays_inside("a/b", "../c"));
    EXPECT_TRUE(symlink_stays_inside("a/b/c", "../../d"));
    EXPECT_FALSE(symlink_stays_inside("a/b", "../../c"));
    EXPECT_FALSE(symlink_stays_inside("a", "/etc/passwd"));
    EXPECT_FALSE(symlink_stays_inside("a/b", "x/../../../y"));
    EXPECT_FALSE(symlink_stays_inside("a", ""));
}

TEST(PathRules, KnowsLfsPointers) {
    EXPECT_TRUE(
        is_lfs_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"));
    EXPECT_FALSE(is_lfs_pointer("version 1"));
}

} // namespace
} // namespace pedigree::source

#include "artifacts/manifest.h"

#include <gtest/gtest.h>

#include "base/process.h"
#include "tests/fakes/scratch.h"

namespace pedigree::artifacts {
namespace {

// The folder's digest by the tools that the definition names.
std::string by_sha256sum(const std::filesystem::path& folder) {
    ProcessRequest request;
    request.argv = {"/bin/sh", "-c",
                    "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | "
                    "sha256sum | cut -c1-64"};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    request.working_directory = folder;
    const auto result = run_process(request);
    return result ? result->output.substr(0, 64) : result.error().message;
}

TEST(Manifest, is_what_sha256sum_prints) {
    const Scratch scratch;
    scratch.write("weights.h5", "abc");
    scratch.write("a/b/c", "");
    scratch.write("a.txt", "sorts before a/ by bytes");
    scratch.write("a b/with space é", "x");
    std::filesystem::create_directories(scratch.path() / "empty/folder");
    const auto manifest = read_folder(scratch.path());
    ASSERT_TRUE(manifest) << manifest.error().message;
    EXPECT_EQ(manifest->digest().hex(), by_sha256sum(scratch.path()));
    EXPECT_EQ(manifest->files.size(), 4u);
    EXPECT_EQ(manifest->bytes(), 3 + 24 + 1);
}

TEST(Manifest, the_order_of_the_files_given_does_not_matter) {
    const auto one = make_manifest({{"b", sha256("1"), 1}, {"a", sha256("2"), 1}});
    const auto two = make_manifest({{"a", sha256("2"), 1}, {"b", sha256("1"), 1}});
    EXPECT_EQ(one->text(), two->text());
    EXPECT_TRUE(one->text().ends_with("  b\n"));
}

TEST(Manifest, links_and_special_files_are_refused_by_name) {
    const Scratch scratch;
    scratch.write("x", "x");
    std::filesystem::create_symlink("/etc/passwd", scratch.path() / "evil");
    const auto manifest = read_folder(scratch.path());
    ASSERT_FALSE(manifest);
    EXPECT_EQ(manifest.error().code, ErrorCode::InvalidInput);
    EXPECT_NE(manifest.error().message.find("evil\" is a symbolic link"), std::string::npos);
}

TEST(Manifest, paths_that_could_mislead_are_refused) {
    for (const std::string path :
         {"", "/a", "a//b", "../a", "a/../b", "./a", "a/", "a\nb", "a\\b", "a\rb"}) {
        EXPECT_FALSE(check_manifest_path(path)) << path;
    }
    EXPECT_FALSE(check_manifest_path(std::string_view("a\0b", 3)));
    EXPECT_TRUE(check_manifest_path("a/..b/c d"));
    EXPECT_FALSE(make_manifest({{"a", {}, 0}, {"a", {}, 0}}));
}

TEST(Manifest, a_folder_that_is_not_there_is_not_found) {
    EXPECT_EQ(read_folder("/no/such/folder").error().code, ErrorCode::NotFound);
}

} // namespace
} // namespace pedigree::artifacts

// Reads repositories that the installed git makes. No network: what a server does is asked of a
// real one in tests/integration/worker.
#include "source/submodules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/source/working_folder.h"

namespace pedigree::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* closed_port = "https://127.0.0.1:1/x.git"; // a transfer ends at once

std::string entry(const std::string& path, const std::string& url) {
    return "[submodule \"" + path + "\"]\n\tpath = " + path + "\n\turl = " + url + "\n";
}

class SubmodulesTest : public testing::Test {
  protected:
    Result<std::vector<Submodule>> downloaded(const std::string& subdirectory = ".",
                                              const SubmoduleLimits& limits = {}) {
        DownloadOptions options;
        options.scratch = scratch_.path();
        const auto access = [&](const std::string& url) {
            asked_.push_back(url);
            return Repository{url, std::nullopt, "", std::nullopt};
        };
        return download_submodules({folder_.repository(), folder_.commit(),
                                    "https://git.example.com/team/demo.git", subdirectory},
                                   access, options, {}, limits);
    }
    std::string refusal(const std::string& subdirectory = ".") {
        const auto got = downloaded(subdirectory);
        EXPECT_FALSE(got);
        return got ? "" : got.error().reason + ": " + got.error().message;
    }

    const WorkingFolder folder_, scratch_;
    const std::string pinned_ = std::string(40, '1');
    std::vector<std::string> asked_;
};

TEST_F(SubmodulesTest, ATreeWithoutThemNeedsNothing) {
    folder_.file(".gitmodules", "no configuration at all");
    const auto none = downloaded();
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_THAT(*none, IsEmpty());
}

TEST_F(SubmodulesTest, EachRefusalNamesThePath) {
    folder_.gitlink("libs/one", pinned_);
    EXPECT_THAT(refusal(), HasSubstr("SubmoduleRefused: submodule libs/one: the file .gitmodules"));
    for (const std::string url : {"file:///etc", "https://me:pw@h/x", "../../../x", "ext::sh"}) {
        folder_.file(".gitmodules", entry("libs/one", url));
        EXPECT_THAT(refusal(), HasSubstr("SubmoduleRefused: submodule libs/one: its URL")) << url;
    }
    EXPECT_THAT(asked_, IsEmpty());
    folder_.file(".gitmodules", entry("libs/one", "ssh://git.example.com/x"));
    EXPECT_THAT(refusal(), HasSubstr("SshKeyMissing: submodule libs/one: ssh://git@git"));
    folder_.file(".gitmodules", entry("libs/one", closed_port));
    EXPECT_THAT(refusal(), HasSubstr("SourceUnavailable: submodule libs/one: "));
    EXPECT_THAT(asked_, ElementsAre("ssh://git@git.example.com:22/x", closed_port));
}

TEST_F(SubmodulesTest, AHostileGitmodulesIsRefusedAndRunsNothing) {
    folder_.gitlink("libs/one", pinned_);
    const auto refused_with = [&](const std::string& content) {
        folder_.file(".gitmodules", content);
        EXPECT_THAT(refusal(), testing::StartsWith("SubmoduleRefused")) << content;
    };
    refused_with(entry("libs/one", closed_port) + entry("../x", closed_port));
    refused_with("[submodule \"x\"]\n\tpath = \"libs/one\n");
    refused_with(std::string("\0\xff", 2));
    folder_.file("included", entry("libs/one", closed_port));
    refused_with("[include]\n\tpath = " + (folder_.path() / "included").string() + "\n");
    folder_.file(".gitmodules", entry("libs/one", closed_port) + std::string(70'000, '#'));
    EXPECT_FALSE(downloaded());
    EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(SubmodulesTest, OnlyThoseBelowTheSubdirectoryAreTaken) {
    folder_.gitlink("a/b/one", pinned_);
    folder_.gitlink("ab", pinned_);
    folder_.gitlink("c", pinned_);
    folder_.file("d/x.py", "x");
    EXPECT_THAT(*downloaded("d"), IsEmpty());
    EXPECT_THAT(*downloaded("c"), IsEmpty()); // no folder, which opening it says
    EXPECT_THAT(refusal("a"), HasSubstr("submodule b/one: "));
}

TEST_F(SubmodulesTest, TheirNumberAndDepthAreBounded) {
    folder_.gitlink("one", pinned_);
    folder_.gitlink("two", pinned_);
    for (const SubmoduleLimits& limits :
         {SubmoduleLimits{.count_max = 1}, SubmoduleLimits{.depth_max = 0}}) {
        const auto got = downloaded(".", limits);
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().reason, "SourceTooLarge") << got.error().message;
    }
}

// What a download leaves behind, opened with the tree that names it.
TEST_F(SubmodulesTest, TheirFilesLieBelowTheirPaths) {
    const WorkingFolder inner, middle;
    inner.file("deep.py", "3");
    const std::string deep = inner.commit();
    middle.file("lib.py", "2");
    middle.gitlink("inner", deep);
    const std::string lib = middle.commit();
    folder_.file("train.py", "1");
    folder_.file("libs.txt", "t");
    folder_.gitlink("libs/m", lib);
    const std::string commit = folder_.commit();
    std::vector<Submodule> submodules{{"libs/m", closed_port, lib, middle.repository()},
                                      {"libs/m/inner", closed_port, deep, inner.repository()}};
    const auto snapshot = Snapshot::open(folder_.repository(), commit, ".", submodules);
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    EXPECT_EQ(snapshot->tree(), folder_.git({"rev-parse", "HEAD^{tree}"}));
    std::vector<std::string> warnings, paths;
    const auto files = snapshot->files(warnings);
    ASSERT_TRUE(files) << files.error().message;
    std::string contents;
    for (const TreeFile& file : *files) {
        paths.push_back(file.path);
        contents += *snapshot->read(file);
    }
    EXPECT_THAT(paths,
                ElementsAre("libs.txt", "libs/m/inner/deep.py", "libs/m/lib.py", "train.py"));
    EXPECT_EQ(contents, "t321");
    EXPECT_EQ(snapshot->files(warnings, {.files_max = 3}).error().reason, "SourceTooLarge");
    EXPECT_EQ(snapshot->files(warnings, {.bytes_max = 3}).error().reason, "SourceTooLarge");

    // Another commit than the tree names does not take its place.
    middle.file("lib.py", "other");
    submodules[0].commit = middle.commit();
    EXPECT_EQ(Snapshot::open(folder_.repository(), commit, ".", submodules)
                  ->files(warnings)
                  .error()
                  .reason,
              "SubmoduleNotSupported");
}

TEST_F(SubmodulesTest, ALinkOutOfASubmoduleStaysInTheSource) {
    const WorkingFolder lib;
    std::filesystem::create_symlink("../train.py", lib.path() / "up");
    std::string pinned = lib.commit();
    folder_.file("train.py", "1");
    folder_.gitlink("lib", pinned);
    std::string commit = folder_.commit();
    const auto reason = [&] {
        std::vector<std::string> warnings;
        const auto files = Snapshot::open(folder_.repository(), commit, ".",
                                          {{"lib", closed_port, pinned, lib.repository()}})
                               ->files(warnings);
        return files ? "" : files.error().reason;
    };
    EXPECT_EQ(reason(), "");
    std::filesystem::create_symlink("../../etc/passwd", lib.path() / "out");
    pinned = lib.commit();
    folder_.gitlink("lib", pinned);
    commit = folder_.commit();
    EXPECT_EQ(reason(), "SymlinkLeavesTree");
}

} // namespace
} // namespace pedigree::source

// Reads repositories that the installed git makes: a real history, no network.
#include "source/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "source/signature.h"
#include "tests/unit/source/working_folder.h"

namespace pedigree::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TreeTest : public testing::Test {
  protected:
    std::string git(std::vector<std::string> arguments) {
        return folder_.git(std::move(arguments));
    }
    void file(const std::string& path, std::string_view content) { folder_.file(path, content); }
    std::string commit() { return folder_.commit(); }
    Result<Snapshot> open(const std::string& id, const std::string& subdirectory = ".") {
        return Snapshot::open(directory_ / ".git", id, subdirectory);
    }

    const WorkingFolder folder_;
    const std::filesystem::path& directory_ = folder_.path();
};

TEST_F(TreeTest, ListsAndReadsWithModes) {
    file("train.py", "print(1)\n");
    file("bin/run", "#!/bin/sh\n");
    std::filesystem::permissions(directory_ / "bin/run", std::filesystem::perms(0755));
    std::filesystem::create_symlink("../train.py", directory_ / "bin/link");
    const std::string id = commit();
    auto snapshot = open(id);
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    EXPECT_EQ(snapshot->tree(), git({"rev-parse", "HEAD^{tree}"}));
    EXPECT_EQ(snapshot->facts().author, "A. Thor <a@example.com>");
    EXPECT_EQ(snapshot->facts().subject, "First words");
    EXPECT_EQ(to_text(snapshot->facts().committed_at), "2020-01-02T03:04:05.000000Z");

    std::vector<std::string> warnings;
    const auto files = snapshot->files(warnings);
    ASSERT_TRUE(files) << files.error().message;
    ASSERT_EQ(files->size(), 3);
    EXPECT_EQ(files->at(0).path, "bin/link");
    EXPECT_EQ(files->at(0).mode, FileMode::Symlink);
    EXPECT_EQ(files->at(1).mode, FileMode::Executable);
    EXPECT_EQ(*snapshot->read(files->at(2)), "print(1)\n");
    EXPECT_EQ(*snapshot->read("bin/run", 100), "#!/bin/sh\n");
    EXPECT_EQ(snapshot->read("bin/run", 3).error().code, ErrorCode::TooLarge);
    EXPECT_EQ(snapshot->read("nope", 3).error().reason, "FileNotFound");
    EXPECT_EQ(snapshot->read("bin/link", 300).error().reason, "FileNotFound");
}

TEST_F(TreeTest, ASubdirectoryHasItsOwnTree) {
    file("a/b/x.py", "x");
    file("y.py", "y");
    const std::string id = commit();
    auto snapshot = open(id, "a/b");
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(snapshot->tree(), git({"rev-parse", "HEAD:a/b"}));
    std::vector<std::string> warnings;
    EXPECT_EQ(snapshot->files(warnings)->at(0).path, "x.py");
    EXPECT_EQ(open(id, "nope").error().reason, "SubdirectoryNotFound");
    EXPECT_EQ(open(id, "y.py").error().reason, "SubdirectoryNotFound");
    EXPECT_EQ(open(std::string(40, 'a')).error().reason, "CommitNotFound");
}

TEST_F(TreeTest, RefusesLinksOutAndSubmodules) {
    std::filesystem::create_symlink("/etc/passwd", directory_ / "link");
    auto snapshot = open(commit());
    std::vector<std::string> warnings;
    EXPECT_EQ(snapshot->files(warnings).error().reason, "SymlinkLeavesTree");

    std::filesystem::remove(directory_ / "link");
    git({"update-index", "--add", "--cacheinfo", "160000," + std::string(40, '1') + ",module"});
    git({"commit", "-q", "-m", "module"});
    auto with_module = open(git({"rev-parse", "HEAD"}));
    git({"rm", "-q", "--cached", "link"});
    git({"commit", "-q", "-m", "module alone"});
    with_module = open(git({"rev-parse", "HEAD"}));
    const auto refused = with_module->files(warnings);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "SubmoduleNotSupported");
    EXPECT_THAT(refused.error().message, HasSubstr("module is a git submodule"));
}

TEST_F(TreeTest, WarnsOfLfsPointersAndKeepsLimits) {
    file("weights.h5", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
    file("b", "12345");
    auto snapshot = open(commit());
    std::vector<std::string> warnings;
    ASSERT_TRUE(snapshot->files(warnings));
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("weights.h5 is a Git LFS pointer")));
    EXPECT_EQ(snapshot->files(warnings, {.files_max = 1}).error().reason, "SourceTooLarge");
    EXPECT_EQ(snapshot->files(warnings, {.bytes_max = 10}).error().reason, "SourceTooLarge");
    EXPECT_EQ(snapshot->files(warnings, {.path_bytes_max = 3}).error().reason, "PathRefused");
}

TEST_F(TreeTest, SaysWithWhatACommitIsSigned) {
    file("x.py", "x");
    EXPECT_EQ(open(commit())->facts().signature, "");
    const std::string key = (directory_ / "key").string();
    ProcessRequest keygen;
    keygen.argv = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key};
    ASSERT_TRUE(run_process(keygen)->succeeded());
    git({"-c", "gpg.format=ssh", "-c", "user.signingKey=" + key, "commit", "-q", "--allow-empty",
         "-S", "-m", "signed"});
    EXPECT_EQ(open(git({"rev-parse", "HEAD"}))->facts().signature, "ssh");
}

TEST(SignatureKind, IsToldByTheFirstLine) {
    EXPECT_EQ(signature_kind("-----BEGIN PGP SIGNATURE-----\n\nx"), "openpgp");
    EXPECT_EQ(signature_kind("-----BEGIN SIGNED MESSAGE-----\nx"), "x509");
    EXPECT_EQ(signature_kind("-----BEGIN SSH SIGNATURE-----\nx"), "ssh");
    EXPECT_EQ(signature_kind("words"), "unknown");
    EXPECT_EQ(signature_kind(""), "");
}

} // namespace
} // namespace pedigree::source

// With the real git, and a bare repository in a folder as the server.

#include "cli/experiment/snapshot.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "base/process.h"

namespace pedigree::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class SnapshotTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "/snapshot-XXXXXX";
        root_ = ::mkdtemp(pattern.data());
        std::filesystem::create_directory(work());
        git(root_, {"init", "--quiet", "--bare", server()});
        git(work(), {"init", "--quiet", "--initial-branch=main"});
        write("train.py", "print(1)\n");
        write(".gitignore", "*.log\n");
        commit();
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    std::filesystem::path work() const { return root_ / "work"; }
    std::string server() const { return root_ / "server.git"; }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((work() / name).parent_path());
        std::ofstream(work() / name) << text;
    }
    void commit() const {
        git(work(), {"add", "--all"});
        git(work(), {"-c", "user.name=test", "-c", "user.email=test@example.com", "commit",
                     "--quiet", "-m", "first"});
    }
    std::string git(const std::filesystem::path& folder,
                    const std::vector<std::string>& arguments) const {
        ProcessRequest request;
        request.argv = {"/usr/bin/git"};
        request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
        request.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", root_}};
        request.working_directory = folder;
        const auto result = run_process(request);
        EXPECT_TRUE(result && result->succeeded())
            << (result ? result->error_output : result.error().message);
        return result ? result->output : "";
    }

    std::filesystem::path root_;
};

TEST_F(SnapshotTest, HoldsTheFolderAsItIsAndChangesNothingInIt) {
    write("train.py", "print(2)\n");
    write("deep/new file.py", "x = 1\n");
    write("noise.log", "left out\n");
    const std::string before = git(work(), {"status", "--porcelain"});
    std::filesystem::create_directory(work() / "other");
    const auto snapshot = push_snapshot(work() / "other", server()); // from a folder below as well
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    EXPECT_EQ(git(work(), {"status", "--porcelain"}), before);
    EXPECT_EQ(git(server(), {"for-each-ref", "--format=%(refname)"}),
              "refs/pedigree/snapshots/" + snapshot->commit + "\n");
    EXPECT_EQ(git(server(), {"ls-tree", "-r", "--name-only", snapshot->commit}),
              ".gitignore\ndeep/new file.py\ntrain.py\n");
    EXPECT_EQ(git(server(), {"show", snapshot->commit + ":train.py"}), "print(2)\n");
    EXPECT_EQ(git(server(), {"rev-parse", snapshot->commit + "^"}),
              git(work(), {"rev-parse", "HEAD"}));
    EXPECT_THAT(snapshot->different,
                ElementsAre(HasSubstr("A\tdeep/new file.py"), HasSubstr("M\ttrain.py")));
    EXPECT_EQ(git(work(), {"for-each-ref", "--format=%(refname)"}), "refs/heads/main\n");
}

TEST_F(SnapshotTest, TheSameFilesAreTheSameCommit) {
    write("train.py", "print(2)\n");
    const auto first = push_snapshot(work(), server());
    const auto second = push_snapshot(work(), server());
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->commit, second->commit);
    git(work(), {"add", "train.py"}); // what is staged makes no difference
    EXPECT_EQ(push_snapshot(work(), server())->commit, first->commit);
}

TEST_F(SnapshotTest, AnUnchangedFolderIsItsHead) {
    const auto snapshot = push_snapshot(work(), server());
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    EXPECT_EQ(snapshot->commit + "\n", git(work(), {"rev-parse", "HEAD"}));
    EXPECT_TRUE(snapshot->different.empty());
}

TEST_F(SnapshotTest, ASubmoduleIsTheCommitThatIsCheckedOutAndNothingElse) {
    const std::filesystem::path lib = work() / "lib";
    std::filesystem::create_directory(lib);
    git(lib, {"init", "--quiet"});
    write("lib/one.py", "x = 1\n");
    const auto commit_lib = [&] {
        git(lib, {"add", "--all"});
        git(lib, {"-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet",
                  "-m", "words"});
        return git(lib, {"rev-parse", "HEAD"});
    };
    commit_lib();
    commit();
    write("lib/one.py", "x = 2\n");
    const auto refused = push_snapshot(work(), server());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(refused.error().message, HasSubstr("the submodule lib has changes"));
    const std::string checked_out = commit_lib();
    write("lib/notes", "of no commit, and nobody's\n");
    const auto snapshot = push_snapshot(work(), server());
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    EXPECT_EQ(git(server(), {"rev-parse", snapshot->commit + ":lib"}), checked_out);
}

TEST_F(SnapshotTest, SaysWhatIsMissing) {
    const auto elsewhere = push_snapshot(root_, server());
    ASSERT_FALSE(elsewhere);
    EXPECT_EQ(elsewhere.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(elsewhere.error().message, HasSubstr("no working folder of git"));
    const auto nowhere = push_snapshot(work(), root_ / "absent.git");
    ASSERT_FALSE(nowhere);
    EXPECT_THAT(nowhere.error().message, StartsWith("git push: "));
    git(root_, {"init", "--quiet", "empty"});
    const auto empty = push_snapshot(root_ / "empty", server());
    ASSERT_FALSE(empty);
    EXPECT_THAT(empty.error().message, HasSubstr("stands on a commit"));
}

} // namespace
} // namespace pedigree::cli

#include "cli/lineage/subject.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/file.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

Result<std::string> asked(const std::string& subject) {
    FakeCluster fake; // which has nothing to look up
    return query_for(subject, fake.cluster());
}

const std::string digest = "sha256:" + std::string(64, 'a');

TEST(Subject, WordsBecomeQueries) {
    EXPECT_EQ(*asked("exp/mnist-1"), "exp:mnist-1");
    EXPECT_EQ(*asked("mnist-1"), "exp:mnist-1");
    EXPECT_EQ(*asked("experiment.pedigree.dev/mnist-1"), "exp:mnist-1");
    EXPECT_EQ(*asked(digest), digest);
    EXPECT_EQ(*asked("image:" + digest), "image:" + digest);
    EXPECT_EQ(*asked("image:r.example.com:5000/a/b:1@" + digest), "image:" + digest);
    EXPECT_EQ(*asked("commit:4f2a"), "commit:4f2a");
    EXPECT_EQ(*asked("run:0123"), "run:0123");
}

TEST(Subject, AFileIsItsHash) {
    const std::string file = testing::TempDir() + "subject_test_file";
    ASSERT_TRUE(write_file(file, "weights"));
    EXPECT_EQ(*asked(file), sha256("weights").text());
}

TEST(Subject, AFolderIsTheHashOfItsManifest) {
    const std::filesystem::path folder = testing::TempDir() + "subject_test_folder";
    std::filesystem::create_directories(folder / "variables");
    ASSERT_TRUE(write_file(folder / "saved_model.pb", "graph"));
    ASSERT_TRUE(write_file(folder / "variables/data", "weights"));
    const std::string manifest = sha256("graph").hex() + "  saved_model.pb\n" +
                                 sha256("weights").hex() + "  variables/data\n";
    EXPECT_EQ(*asked(folder.string()), sha256(manifest).text());
    EXPECT_EQ(*asked(folder.string() + "/"), sha256(manifest).text());
}

TEST(Subject, ATrialIsItsLastAttempt) {
    FakeCluster fake;
    fake.texts["/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/trials/mnist-4"] = Json{
        {"items", {{{"trial", 7}, {"podUid", "u7"}}, {{"trial", 8}, {"podUid", Json()}}}}}.dump();
    EXPECT_EQ(*query_for("exp/mnist-4/7", fake.cluster()), "attempt:u7");
    EXPECT_EQ(*query_for("mnist-4/7", fake.cluster()), "attempt:u7");
    const auto early = query_for("exp/mnist-4/8", fake.cluster());
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().message,
              "mnist-4 has no pod of trial 8 yet; see pedigree trials mnist-4");
    const auto none = query_for("exp/mnist-4/9", fake.cluster());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message, "mnist-4 has no trial 9; see pedigree trials mnist-4");
}

TEST(Subject, TwelveDigitsOfACommitAreEnough) {
    FakeCluster fake;
    const auto ran = [&](const std::string& name, const std::string& digits) {
        Json object = experiment_object({.name = name});
        object["status"]["resolved"] = {{"commit", digits + std::string(28, '0')}};
        fake.api.put(experiments, object);
    };
    ran("a-1", "4f2a0c1d9e8b");
    ran("a-2", "4f2a0c1d9e8b"); // twice the same is one
    EXPECT_EQ(*query_for("commit:4f2a0c1d9e8b", fake.cluster()),
              "commit:4f2a0c1d9e8b" + std::string(28, '0'));
    ran("a-3", "4f2a0c1d9e8c");
    EXPECT_THAT(query_for("commit:4f2a0c1", fake.cluster()).error().message,
                HasSubstr("2 commits begin with 4f2a0c1: "));
    EXPECT_THAT(query_for("commit:0123456", fake.cluster()).error().message,
                HasSubstr("git rev-parse 0123456"));
    EXPECT_EQ(*query_for("commit:" + std::string(40, 'b'), fake.cluster()),
              "commit:" + std::string(40, 'b')); // nothing to look up
}

TEST(Subject, AFileIsMeantBeforeAnExperimentOfItsName) {
    const std::string file = testing::TempDir() + "mnist-9";
    ASSERT_TRUE(write_file(file, "weights"));
    EXPECT_EQ(*asked(file), sha256("weights").text());
    EXPECT_THAT(asked("model.bin").error().message, HasSubstr("there is no file or folder"));
    EXPECT_THAT(asked("exp/a/b").error().message, HasSubstr("exp/NAME/TRIAL"));
}

TEST(Subject, RefusalsSayWhatCanBeAsked) {
    const auto missing = asked("./no-such-model");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_THAT(missing.error().message, HasSubstr("exp/NAME"));
    EXPECT_FALSE(asked("sha256:abc"));
    const auto tag = asked("image:tensorflow:2.13.0");
    ASSERT_FALSE(tag);
    EXPECT_THAT(tag.error().message, HasSubstr("a digest is needed"));
    const std::filesystem::path empty = testing::TempDir() + "subject_test_empty";
    std::filesystem::create_directories(empty);
    EXPECT_FALSE(asked(empty.string()));
}

} // namespace
} // namespace pedigree::cli

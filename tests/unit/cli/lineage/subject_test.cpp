#include "cli/lineage/subject.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/file.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

const std::string digest = "sha256:" + std::string(64, 'a');

TEST(Subject, WordsBecomeQueries) {
    EXPECT_EQ(*query_for("exp/mnist-1"), "exp:mnist-1");
    EXPECT_EQ(*query_for("experiment.pedigree.dev/mnist-1"), "exp:mnist-1");
    EXPECT_EQ(*query_for(digest), digest);
    EXPECT_EQ(*query_for("image:" + digest), "image:" + digest);
    EXPECT_EQ(*query_for("image:r.example.com:5000/a/b:1@" + digest), "image:" + digest);
    EXPECT_EQ(*query_for("commit:4f2a"), "commit:4f2a");
    EXPECT_EQ(*query_for("run:0123"), "run:0123");
}

TEST(Subject, AFileIsItsHash) {
    const std::string file = testing::TempDir() + "subject_test_file";
    ASSERT_TRUE(write_file(file, "weights"));
    EXPECT_EQ(*query_for(file), sha256("weights").text());
}

TEST(Subject, AFolderIsTheHashOfItsManifest) {
    const std::filesystem::path folder = testing::TempDir() + "subject_test_folder";
    std::filesystem::create_directories(folder / "variables");
    ASSERT_TRUE(write_file(folder / "saved_model.pb", "graph"));
    ASSERT_TRUE(write_file(folder / "variables/data", "weights"));
    const std::string manifest = sha256("graph").hex() + "  saved_model.pb\n" +
                                 sha256("weights").hex() + "  variables/data\n";
    EXPECT_EQ(*query_for(folder.string()), sha256(manifest).text());
    EXPECT_EQ(*query_for(folder.string() + "/"), sha256(manifest).text());
}

TEST(Subject, RefusalsSayWhatCanBeAsked) {
    const auto missing = query_for("./no-such-model");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_THAT(missing.error().message, HasSubstr("exp/NAME"));
    EXPECT_FALSE(query_for("sha256:abc"));
    const auto tag = query_for("image:tensorflow:2.13.0");
    ASSERT_FALSE(tag);
    EXPECT_THAT(tag.error().message, HasSubstr("a digest is needed"));
    const std::filesystem::path empty = testing::TempDir() + "subject_test_empty";
    std::filesystem::create_directories(empty);
    EXPECT_FALSE(query_for(empty.string()));
}

} // namespace
} // namespace pedigree::cli

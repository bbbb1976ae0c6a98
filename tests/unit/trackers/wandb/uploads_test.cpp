#include "trackers/wandb/uploads.h"

#include <gtest/gtest.h>

#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

TEST(Upload, ComesBackFromItsPath) {
    for (const char* file : {"a.json", "media/table/t 1.json", "损失/ä%2F?#.bin"}) {
        const Upload of_run = run_upload("my project", "id+1", file);
        ASSERT_EQ(of_run.of, Upload::Of::Run);
        const auto read = read_upload(of_run.path());
        ASSERT_TRUE(read);
        EXPECT_EQ(read->project, "my project");
        EXPECT_EQ(read->run, "id+1");
        EXPECT_EQ(read->file, file);
        const auto artifact = read_upload(artifact_upload(7, file).path());
        ASSERT_TRUE(artifact);
        EXPECT_EQ(artifact->number, 7);
        EXPECT_EQ(artifact->place(), std::string("artifacts/7/") + file);
    }
    EXPECT_EQ(read_upload(manifest_upload(3).path())->place(), "artifacts/3.manifest.json");
}

TEST(Upload, LeadsNowhereForANameThatCouldLeave) {
    for (const std::string& name :
         {std::string("../x"), std::string("a/../../x"), std::string("/etc/passwd"),
          std::string("a//b"), std::string("."), std::string(""), std::string("a/"),
          std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"),
          std::string(wandb_name_bytes_max + 1, 'n')}) {
        EXPECT_FALSE(is_file_name(name)) << name;
        EXPECT_EQ(run_upload("p", "r", name).of, Upload::Of::None) << name;
        EXPECT_EQ(artifact_upload(1, name).path(), "/upload/none");
    }
}

TEST(Upload, IsReadStrictly) {
    EXPECT_FALSE(read_upload("/graphql"));
    for (const char* path :
         {"/upload/", "/upload/none", "/upload/run/p/r/%2e%2e/x", "/upload/run/p/r/",
          "/upload/artifact/0/x", "/upload/artifact/-1/x", "/upload/artifact/1x/x",
          "/upload/manifest/99999999999999999999999", "/upload/run/%2e%2e/r/x"}) {
        const auto read = read_upload(path);
        ASSERT_TRUE(read) << path;
        EXPECT_EQ(read->of, Upload::Of::None) << path;
        EXPECT_EQ(read->place(), "") << path;
    }
}

} // namespace
} // namespace pedigree::trackers::wandb

#include "records/run_key.h"

#include <gtest/gtest.h>

namespace pedigree::records {
namespace {

TEST(RunKey, IsAnotherForEachServer) {
    const std::string key = run_key("https://mlflow.example.com", "0f3a");
    EXPECT_NE(key, run_key("https://mlflow.example.org", "0f3a"));
    EXPECT_NE(key, run_key("https://mlflow.example.com/team", "0f3a"));
    EXPECT_NE(key, run_key("https://mlflow.example.com:8443", "0f3a"));
    EXPECT_EQ(key, run_key("http://MLflow.Example.com/", "0f3a")); // the same, written otherwise
}

TEST(RunKey, GivesTheIdBack) {
    for (const std::string id : {"0f3a", "", "a@b", "a@0123456789abcdef"}) {
        EXPECT_EQ(run_id_of(run_key("https://mlflow.example.com", id)), id);
    }
    EXPECT_EQ(run_id_of("0f3a"), "0f3a"); // of before
    EXPECT_EQ(run_id_of("0f3a@0123456789ABCDEF"), "0f3a@0123456789ABCDEF");
}

TEST(RunKey, OfARunInFilesIsItsOwnId) {
    const std::string key = run_key_in_pod(2, "26494ad7-e26f-42f5-a945-e08693b0059a");
    EXPECT_EQ(key, "files-2-26494ad7-e26f-42f5-a945-e08693b0059a");
    EXPECT_EQ(run_id_of(key), key);
    // No server's run has it, whatever id it gives.
    EXPECT_NE(run_key("https://mlflow.example.com", key), key);
}

} // namespace
} // namespace pedigree::records

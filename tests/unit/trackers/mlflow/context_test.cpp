#include "trackers/mlflow/context.h"

#include <gtest/gtest.h>

namespace pedigree::trackers::mlflow {
namespace {

TEST(Context, what_is_unknown_gives_no_tag) {
    const auto tags = context_tags({.experiment_uid = "u", .attempt_uid = "p", .trial = "1"});
    EXPECT_EQ(tags.at("pedigree.experiment"), "u");
    EXPECT_EQ(tags.at("mlflow.source.type"), "JOB");
    EXPECT_FALSE(tags.contains("mlflow.source.git.commit"));
    EXPECT_FALSE(tags.contains("mlflow.parentRunId"));
}

TEST(Context, is_an_object_of_strings_that_the_sdk_can_load) {
    EXPECT_EQ(run_context({{"b", "ü"}, {"a", "1"}}), "{\"a\":\"1\",\"b\":\"\\u00fc\"}");
}

} // namespace
} // namespace pedigree::trackers::mlflow

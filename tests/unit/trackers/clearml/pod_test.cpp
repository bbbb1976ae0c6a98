#include <gtest/gtest.h>

#include <map>

#include "trackers/clearml/pod.h"

namespace pedigree::trackers::clearml {
namespace {

TEST(ClearmlPod, HasTheThreeHostsDummyKeysAndWhatIsKnown) {
    const PodEnvironment all =
        environment({.recorder_url = "http://127.0.0.1:5000", .commit = "0123"});
    const std::map<std::string, std::string> by_name(all.begin(), all.end());
    EXPECT_EQ(by_name.at("CLEARML_API_HOST"), "http://127.0.0.1:5000/clearml/api");
    EXPECT_EQ(by_name.at("CLEARML_FILES_HOST"), "http://127.0.0.1:5000/clearml/files");
    EXPECT_EQ(by_name.at("CLEARML_WEB_HOST"), "http://127.0.0.1:5000/clearml/web");
    EXPECT_EQ(by_name.at("CLEARML_VCS_COMMIT_ID"), "0123");
    EXPECT_EQ(by_name.count("CLEARML_VCS_REPO_URL"), 0U);
    EXPECT_EQ(by_name.count("CLEARML_TASK_ID"), 0U);
}

} // namespace
} // namespace pedigree::trackers::clearml

#include "k8s/object.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::k8s {
namespace {

TEST(ResourceType, MakesPaths) {
    EXPECT_EQ(jobs.path("vision", "a"), "/apis/batch/v1/namespaces/vision/jobs/a");
    EXPECT_EQ(pods.path("", ""), "/api/v1/pods");
    EXPECT_EQ(pods.path("vision", "p", "log"), "/api/v1/namespaces/vision/pods/p/log");
    EXPECT_EQ(nodes.path("ignored", "n"), "/api/v1/nodes/n");
    EXPECT_EQ(pods.path("../../x", "a/b"), "/api/v1/namespaces/..%2F..%2Fx/pods/a%2Fb");
}

TEST(ResourceVersion, ComparesAsNumbersOfAnyLength) {
    EXPECT_EQ(compare_resource_versions("9", "10"), std::strong_ordering::less);
    EXPECT_EQ(compare_resource_versions("100000000000000000000", "99999999999999999999"),
              std::strong_ordering::greater);
    EXPECT_EQ(compare_resource_versions("7", "7"), std::strong_ordering::equal);
    for (const char* bad : {"", "0", "01", "1a", "-1"}) {
        EXPECT_FALSE(compare_resource_versions(bad, "1")) << bad;
    }
}

TEST(Object, ReadsMetadataThatMayBeMissing) {
    const Json object{
        {"metadata",
         {{"name", "a"},
          {"labels", {{"x", "1"}}},
          {"ownerReferences", {{{"uid", "other"}}, {{"uid", "owner"}, {"controller", true}}}}}}};
    EXPECT_EQ(controller_uid_of(object), "owner");
    EXPECT_EQ(label_of(object, "x"), "1");
    EXPECT_FALSE(is_being_deleted(object));
    for (const Json& odd : {Json(), Json(3), Json::object(), Json{{"metadata", 1}},
                            Json{{"metadata", {{"ownerReferences", "x"}, {"labels", 1}}}}}) {
        EXPECT_EQ(key_of(odd).text(), "");
        EXPECT_EQ(controller_uid_of(odd), "");
        EXPECT_EQ(label_of(odd, "x"), "");
    }
}

TEST(Object, DropsWhatNobodyReads) {
    Json object{{"metadata",
                 {{"managedFields", {1, 2}},
                  {"annotations",
                   {{"kubectl.kubernetes.io/last-applied-configuration", "{}"}, {"kept", "1"}}}}}};
    drop_unread_metadata(object);
    EXPECT_EQ(object, (Json{{"metadata", {{"annotations", {{"kept", "1"}}}}}}));
    for (Json odd : {Json(), Json(3), Json{{"metadata", 1}}}) {
        drop_unread_metadata(odd);
    }
}

} // namespace
} // namespace pedigree::k8s

#include "experiment/activity.h"

#include <gtest/gtest.h>

namespace pedigree::experiment {
namespace {

TEST(ActivityKey, ComesBackFromItsText) {
    for (const ActivityKey& key :
         {resolve_activity, build_activity, imports_activity, open_activity(0), open_activity(2),
          close_activity(0), close_activity(2), collect_activity(3, 4), tell_activity(3, 4)}) {
        const auto back = ActivityKey::parse(key.text());
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_EQ(*back, key);
    }
}

// They stand in rows of databases that exist.
TEST(ActivityKey, IsWrittenAsItAlwaysWas) {
    EXPECT_EQ(resolve_activity.text(), "ResolveSource/source");
    EXPECT_EQ(open_activity(1).text(), "OpenTracker/mlflow-1");
    EXPECT_EQ(close_activity(0).text(), "CloseTracker/parent");
    EXPECT_EQ(collect_activity(2, 1).text(), "FetchObject/attempt-2-1");
}

TEST(ActivityKey, OfAnUnknownKindIsCorrupt) {
    for (const char* text :
         {"", "/", "BuildImage", "BuildImage/", "Unheard/image", "buildimage/x"}) {
        const auto key = ActivityKey::parse(text);
        ASSERT_FALSE(key) << text;
        EXPECT_EQ(key.error().code, ErrorCode::Corrupt);
    }
}

} // namespace
} // namespace pedigree::experiment

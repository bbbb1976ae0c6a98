#include "trackers/wandb/row.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Row, HasNumbersUnderTheirDottedNames) {
    const auto row =
        read_row(R"({"loss":0.5,"layer":{"1":{"norm":2}},"name":"x","ok":true,"list":[1],)"
                 R"("_step":7,"_timestamp":1.7960311236e+09,"_runtime":0.5})");
    ASSERT_TRUE(row);
    EXPECT_THAT(row->values, ElementsAre(Pair("layer.1.norm", 2), Pair("loss", 0.5)));
    EXPECT_EQ(row->step, 7);
    EXPECT_EQ(row->timestamp, 1796031123.6);
    EXPECT_EQ(row->runtime, 0.5);
}

TEST(Row, ReadsWordsThatAreNoJson) {
    const auto row =
        read_row(R"({"a":NaN,"b":-Infinity,"c":Infinity,"d":"NaN","say \"NaN":1,"_step":0})");
    ASSERT_TRUE(row);
    ASSERT_EQ(row->values.size(), 5);
    EXPECT_TRUE(std::isnan(row->values[0].second));
    EXPECT_EQ(row->values[1].second, -INFINITY);
    EXPECT_EQ(row->values[2].second, INFINITY);
    EXPECT_TRUE(std::isnan(row->values[3].second));
    EXPECT_THAT(row->values[4], Pair("say \"NaN", 1));
}

TEST(Row, CountsMediaByTheirKind) {
    const auto row = read_row(R"({"t":{"_type":"table-file","nrows":2},"h":{"_type":"histogram"},)"
                              R"("g":{"x":{"_type":"histogram"}}})");
    ASSERT_TRUE(row);
    EXPECT_THAT(row->values, IsEmpty());
    EXPECT_THAT(row->media, ElementsAre(Pair("histogram", 2), Pair("table-file", 1)));
    EXPECT_FALSE(row->step);
}

TEST(Row, LeavesOutWhatIsTooLongOrTooDeep) {
    std::string deep = "1";
    for (int level = 0; level < 20; ++level) {
        deep = R"({"a":)" + deep + "}";
    }
    const std::string key(wandb_key_bytes_max + 1, 'k');
    const auto row = read_row(R"({"deep":)" + deep + R"(,")" + key + R"(":1,"loss":1})");
    ASSERT_TRUE(row);
    EXPECT_THAT(row->values, ElementsAre(Pair("loss", 1)));
    EXPECT_EQ(row->keys_left_out, 2);
}

TEST(Row, IsNoneWhereStepOrTextAreNone) {
    for (const char* text : {R"({"_step":-1})", R"({"_step":0.5})", R"({"_step":1e300})",
                             R"({"_step":NaN})", "[]", "1", "", "{", R"({"a":1,"a":2})"}) {
        EXPECT_FALSE(read_row(text)) << text;
    }
    EXPECT_FALSE(read_row("{\"a\":\"" + std::string(wandb_row_bytes_max, 'x') + "\"}"));
}

TEST(Row, TakesBytesThatAreNoText) {
    const auto row = read_row("{\"lo\xffss\":1,\"_step\":1.0}");
    ASSERT_TRUE(row);
    EXPECT_THAT(row->values, ElementsAre(Pair("lo\ufffdss", 1)));
    EXPECT_EQ(row->step, 1);
}

TEST(Row, IsTheSameFromItems) {
    Row row;
    EXPECT_TRUE(add_item(row, "loss", "1.5e-1"));
    EXPECT_TRUE(add_item(row, "nan", "NaN"));
    EXPECT_TRUE(add_item(row, "text", R"("0.5")"));
    EXPECT_TRUE(add_item(row, "layer", R"({"norm": 2})"));
    EXPECT_TRUE(add_item(row, "_step", "3"));
    EXPECT_FALSE(add_item(row, "_step", "-3"));
    EXPECT_FALSE(add_item(row, "broken", "{"));
    ASSERT_EQ(row.values.size(), 3);
    EXPECT_THAT(row.values[0], Pair("loss", 0.15));
    EXPECT_THAT(row.values[2], Pair("layer.norm", 2));
    EXPECT_EQ(row.step, 3);
}

} // namespace
} // namespace pedigree::trackers::wandb

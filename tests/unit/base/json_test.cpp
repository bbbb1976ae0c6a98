#include "base/json.h"

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace pedigree {
namespace {

TEST(ParseJson, RefusesDuplicateKeysDepthAndTrailingData) {
    EXPECT_FALSE(parse_json(R"({"a":1,"a":2})"));
    EXPECT_FALSE(parse_json(R"([[[[1]]]])", {.depth_max = 3}));
    EXPECT_FALSE(parse_json("{} {}"));
    EXPECT_FALSE(parse_json("1e999"));
    EXPECT_TRUE(parse_json(R"([[[1]]])", {.depth_max = 3}));
}

TEST(ParseJson, NamesTheByte) {
    const auto broken = parse_json(R"({"a": x})");
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message.find("byte 7"), std::string::npos) << broken.error().message;
}

TEST(CanonicalJson, SortsKeysAndWritesNumbersOnce) {
    const auto value = parse_json(R"({ "b": 1.0, "a": [true, null, "ä", 0.1, 1e21, -0.0, 1e-7] })");
    ASSERT_TRUE(value);
    EXPECT_EQ(canonical_json(*value), R"({"a":[true,null,"\u00e4",0.1,1e+21,0,1e-7],"b":1})");
}

// Values from the table of RFC 8785 appendix B.
TEST(CanonicalNumber, FollowsEcmaScript) {
    EXPECT_EQ(canonical_number(333333333.33333329), "333333333.3333333");
    EXPECT_EQ(canonical_number(1e30), "1e+30");
    EXPECT_EQ(canonical_number(4.50), "4.5");
    EXPECT_EQ(canonical_number(2e-3), "0.002");
    EXPECT_EQ(canonical_number(0.000000000000000000000000001), "1e-27");
    EXPECT_EQ(canonical_number(9007199254740992.0), "9007199254740992");
    EXPECT_EQ(canonical_number(0.000001), "0.000001");
    EXPECT_EQ(canonical_number(-64.0), "-64");
}

// Each of these once ended a process.
TEST(CanonicalJson, NeverThrows) {
    const Json hostile{{"k\xe2\x94", "v\xff"}, {"nan", std::nan("")}, {"big", HUGE_VAL}};
    EXPECT_EQ(canonical_json(hostile), R"({"big":null,"k\ufffd":"v\ufffd","nan":null})");
    EXPECT_EQ(canonical_number(std::nan("")), "NaN");
    EXPECT_EQ(canonical_number(-HUGE_VAL), "-Infinity");
}

TEST(JsonText, NeverThrows) {
    const Json hostile{{"k\xe2\x94", "v\xff"}, {"nan", std::nan("")}};
    EXPECT_EQ(json_text(hostile), "{\"k\xef\xbf\xbd\":\"v\xef\xbf\xbd\",\"nan\":null}");
    EXPECT_EQ(json_text(hostile, JsonForm::AsciiLine), R"({"k\ufffd":"v\ufffd","nan":null})");
    EXPECT_EQ(json_text(Json{{"a", 1}}, JsonForm::Indented), "{\n  \"a\": 1\n}");
}

TEST(Fields, SayWhichFieldIsWrong) {
    const auto value = parse_json(R"({"n": 1})");
    const auto text = string_field(*value, "n");
    ASSERT_FALSE(text);
    EXPECT_NE(text.error().message.find("\"n\""), std::string::npos);
    EXPECT_EQ(integer_or(*value, "missing", 7), 7);
}

} // namespace
} // namespace pedigree

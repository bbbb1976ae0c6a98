#include "cli/doctor/difference.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::cli {
namespace {

Json with_field(const char* name, const Json& field) {
    return {{"type", "object"}, {"properties", {{name, field}}}};
}

TEST(Difference, IsTheFirstPlaceWhereTheyAskForAnother) {
    const Json text{{"type", "string"}, {"description", "Some words."}};
    const Json schema = with_field("name", text);
    EXPECT_FALSE(first_difference(schema, schema));
    EXPECT_EQ(first_difference(schema, with_field("name", {{"type", "integer"}})), "name.type");
    EXPECT_FALSE(first_difference(schema, with_field("name", {{"type", "string"}})));
    EXPECT_EQ(first_difference(schema, with_field("names", text)), "name");
    Json more = schema;
    more["properties"]["other"] = text;
    EXPECT_EQ(first_difference(schema, more), "other");
    EXPECT_EQ(first_difference(Json(1), Json(2)), "its root");
    EXPECT_EQ(first_difference({{"enum", {"a", "b"}}}, {{"enum", {"a", "c"}}}), "enum[1]");
}

TEST(Difference, AFieldMayBeCalledDescription) {
    const Json schema = with_field("description", {{"type", "string"}});
    EXPECT_EQ(first_difference(schema, with_field("description", {{"type", "integer"}})),
              "description.type");
    const Json inner = with_field("properties", {{"type", "string"}});
    EXPECT_EQ(first_difference(inner, with_field("properties", {{"type", "integer"}})),
              "properties.type");
}

} // namespace
} // namespace pedigree::cli

#include "pipeline/spec/editor_schema.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/schema.h"

namespace pedigree::spec {
namespace {

using testing::HasSubstr;
using testing::Not;

const Json& field(const Json& schema, const std::vector<std::string>& names) {
    const Json* at = &schema;
    for (const std::string& name : names) {
        at = &at->at("properties").at(name);
    }
    return *at;
}

// Every field of the CRD is one of the schema's, closed where it is closed there.
void expect_same_fields(const Json& crd, const Json& schema, const std::string& path) {
    if (!crd.contains("properties")) {
        return;
    }
    EXPECT_EQ(schema.at("additionalProperties"), false) << path;
    for (const auto& [name, inner] : crd["properties"].items()) {
        const std::string here = path + "." + name;
        if (here == ".status") {
            continue;
        }
        ASSERT_TRUE(schema["properties"].contains(name)) << here;
        const Json& there = schema["properties"][name];
        EXPECT_EQ(inner.value("description", ""), there.value("description", "")) << here;
        EXPECT_EQ(inner.value("enum", Json()), there.value("enum", Json())) << here;
        expect_same_fields(inner, there, here);
        expect_same_fields(inner.value("items", Json::object()),
                           there.value("items", Json::object()), here + "[]");
    }
}

TEST(EditorSchema, HasTheFieldsOfTheCrd) {
    expect_same_fields(experiment_schema(), editor_schema(), "");
}

TEST(EditorSchema, SaysWhatItIsASchemaOf) {
    const Json& schema = editor_schema();
    EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    EXPECT_EQ(field(schema, {"apiVersion"})["const"], "pedigree.dev/v1alpha1");
    EXPECT_EQ(field(schema, {"kind"})["const"], "Experiment");
    EXPECT_FALSE(schema["properties"].contains("status"));
    EXPECT_THAT(schema.dump(), Not(HasSubstr("x-kubernetes")));
}

// What Kubernetes says in words of its own.
TEST(EditorSchema, TranslatesKubernetesExtensions) {
    const Json& schema = editor_schema();
    EXPECT_EQ(field(schema, {"spec", "resources", "cpu"})["type"], (Json{"integer", "string"}));
    EXPECT_FALSE(field(schema, {"spec", "parameters"}).contains("additionalProperties"));
    EXPECT_FALSE(field(schema, {"metadata"}).contains("additionalProperties"));
}

} // namespace
} // namespace pedigree::spec

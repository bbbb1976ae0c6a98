#include "trackers/wandb/operation.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace pedigree::trackers::wandb {
namespace {

Result<Operation> operation_in(const std::string& query, Json variables = Json::object()) {
    return read_operation(json_text(Json{{"query", query}, {"variables", std::move(variables)}}));
}

TEST(Operation, HasTheNameBehindItsKeyword) {
    const auto upsert =
        operation_in("\n  # query Fake {\n mutation UpsertBucket (\n$id: String) {x}");
    ASSERT_TRUE(upsert);
    EXPECT_EQ(upsert->name, "UpsertBucket");
    EXPECT_TRUE(upsert->changes);
    const auto viewer = operation_in("query Viewer{\n viewer { id } }");
    ASSERT_TRUE(viewer);
    EXPECT_EQ(viewer->name, "Viewer");
    EXPECT_FALSE(viewer->changes);
    EXPECT_EQ(operation_in("{ viewer { id } }")->name, "");
    EXPECT_EQ(operation_in("query { viewer { id } }")->name, "");
}

TEST(Operation, LooksIntoInput) {
    const auto create = operation_in("mutation CreateArtifact($input: X!) {x}",
                                     {{"input", {{"digest", "d"}, {"runName", nullptr}}}});
    ASSERT_TRUE(create);
    EXPECT_EQ(create->text({"digest"}), "d");
    EXPECT_EQ(create->text({"runName", "digest"}), "d");
    EXPECT_EQ(create->text({"other"}), "");
}

TEST(Operation, RefusesWhatIsNone) {
    for (const char* body :
         {"", "[]", "{}", R"({"query":1})", R"({"query":""})", R"({"query":"abc"})"}) {
        EXPECT_FALSE(read_operation(body)) << body;
    }
    EXPECT_TRUE(read_operation(R"({"query":"query X {a}","variables":null})"));
}

TEST(Operation, FindsTheTypesThatAreAskedFor) {
    const auto questions = type_questions(R"(query Probe { QueryType: __type(name: "Query") { ...f }
        B:__type(name:"Mutation"){fields{name}} __type(name: "Third") {name} })");
    ASSERT_EQ(questions.size(), 3);
    EXPECT_EQ(questions[0].alias, "QueryType");
    EXPECT_EQ(questions[0].type, "Query");
    EXPECT_EQ(questions[1].alias, "B");
    EXPECT_EQ(questions[1].type, "Mutation");
    EXPECT_EQ(questions[2].alias, "__type");
    EXPECT_TRUE(type_questions("__type(name: \"").empty());
}

} // namespace
} // namespace pedigree::trackers::wandb

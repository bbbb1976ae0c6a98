#include <gtest/gtest.h>

#include "tests/unit/trackers/clearml/calls.h"
#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

TEST(ClearmlModel, IsMadeChangedLinkedAndMadeReady) {
    Endpoint endpoint(Settings{});
    const std::string task = start_task(endpoint);
    const Json made =
        ask(endpoint, "models.create", {{"name", "net"}, {"uri", "x"}, {"user", "me"}});
    EXPECT_TRUE(made["created"]);
    const Json id = made["id"];
    ask(endpoint, "models.edit", {{"model", id}, {"framework", "PyTorch"}, {"uri", "y"}});
    ask(endpoint, "models.set_ready", {{"model", id}});
    ask(endpoint, "models.add_or_update_metadata",
        {{"model", id}, {"metadata", {{{"key", "k"}, {"type", "str"}, {"value", "v"}}}}});
    const Json model = ask(endpoint, "models.get_by_id", {{"model", id}})["model"];
    EXPECT_EQ(model["uri"], "y");
    EXPECT_EQ(model["framework"], "PyTorch");
    EXPECT_EQ(model["ready"], true);
    EXPECT_EQ(model["metadata"]["k"]["value"], "v");
    EXPECT_EQ(model["user"], "pedigree");
    for (int i = 0; i < 2; ++i) {
        ask(endpoint, "tasks.add_or_update_model",
            {{"task", task}, {"name", "slot"}, {"model", id}, {"type", "output"}});
    }
    const Json models = ask(endpoint, "tasks.get_by_id", {{"task", task}})["task"]["models"];
    EXPECT_EQ(models["output"], (Json::array({{{"name", "slot"}, {"model", id}}})));
    EXPECT_EQ(ask(endpoint, "models.get_all", {{"id", {id}}})["models"].size(), 1U);
    EXPECT_EQ(ask(endpoint, "models.get_all", {{"name", "^other$"}})["models"].size(), 0U);
}

TEST(ClearmlModel, OfATaskIsMadeOnce) {
    Endpoint endpoint(Settings{});
    const std::string task = start_task(endpoint);
    ask(endpoint, "tasks.edit", {{"task", task}, {"models", {{"output", {{"odd", 1}}}}}});
    const Json first = ask(endpoint, "models.update_for_task", {{"task", task}, {"uri", "a"}});
    EXPECT_TRUE(first["created"]);
    const Json second = ask(endpoint, "models.update_for_task", {{"task", task}, {"uri", "b"}});
    EXPECT_FALSE(second["created"]);
    EXPECT_EQ(first["id"], second["id"]);
    EXPECT_EQ(endpoint.book().models.size(), 1U);
}

TEST(ClearmlModel, OneThatIsNotOfThisPodIsAnInvalidModelId) {
    Endpoint endpoint(Settings{});
    const std::string task = start_task(endpoint);
    EXPECT_EQ(ask(endpoint, "models.get_by_id", {{"model", "0"}})["refused"], 201);
    EXPECT_EQ(ask(endpoint, "models.edit", {{"model", nullptr}})["refused"], 201);
    EXPECT_EQ(ask(endpoint, "tasks.add_or_update_model",
                  {{"task", task}, {"name", "n"}, {"model", "0"}, {"type", "output"}})["refused"],
              101);
    EXPECT_EQ(ask(endpoint, "tasks.add_or_update_model",
                  {{"task", task}, {"name", "n"}, {"model", "0"}, {"type", "x"}})["refused"],
              12);
    const std::string large(clearml_texts_bytes_max, 'x');
    EXPECT_EQ(ask(endpoint, "models.create", {{"name", large}})["refused"], 12);
}

TEST(ClearmlProject, IsFoundByItsNameAndMadeOnce) {
    Endpoint endpoint(Settings{});
    EXPECT_EQ(ask(endpoint, "projects.get_all", {{"name", "^mnist/sub$"}})["projects"],
              Json::array());
    const Json id = ask(endpoint, "projects.create", {{"name", "mnist/sub"}})["id"];
    EXPECT_EQ(ask(endpoint, "projects.create", {{"name", "mnist/sub"}})["id"], id);
    EXPECT_EQ(ask(endpoint, "projects.get_all", {{"name", "^mnist/sub$"}})["projects"][0]["id"],
              id);
    EXPECT_EQ(ask(endpoint, "projects.get_by_id", {{"project", id}})["project"]["name"],
              "mnist/sub");
    EXPECT_EQ(ask(endpoint, "projects.get_by_id", {{"project", "x"}})["refused"], 401);
    EXPECT_EQ(ask(endpoint, "projects.create", {{"name", ""}})["refused"], 12);
    EXPECT_EQ(ask(endpoint, "projects.create", {{"name", std::string(2000, 'x')}})["refused"], 12);
}

} // namespace
} // namespace pedigree::trackers::clearml

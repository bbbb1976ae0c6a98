#include <gtest/gtest.h>

#include "tests/unit/trackers/clearml/calls.h"

namespace pedigree::trackers::clearml {
namespace {

Json item(const std::string& section, const std::string& name, const std::string& value) {
    return {{"section", section}, {"name", name}, {"value", value}};
}

TEST(ClearmlParameters, AreSetOneByOneReplacedAndTakenOut) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    const auto values = [&] {
        Json out = Json::object();
        const Json told =
            ask(endpoint, "tasks.get_hyper_params", {{"tasks", {id, "nowhere"}}})["params"];
        EXPECT_EQ(told.size(), 1U);
        for (const Json& one : told[0]["hyperparams"]) {
            out[one["section"].get<std::string>() + "/" + one["name"].get<std::string>()] =
                one["value"];
        }
        return out;
    };
    ask(endpoint, "tasks.edit_hyper_params",
        {{"task", id}, {"hyperparams", {item("A", "x", "1"), item("B", "y", "2")}}});
    EXPECT_EQ(values(), (Json{{"A/x", "1"}, {"B/y", "2"}}));
    ask(endpoint, "tasks.edit_hyper_params",
        {{"task", id}, {"hyperparams", {item("A", "z", "3")}}, {"replace_hyperparams", "section"}});
    EXPECT_EQ(values(), (Json{{"A/z", "3"}, {"B/y", "2"}}));
    ask(endpoint, "tasks.delete_hyper_params",
        {{"task", id}, {"hyperparams", {{{"section", "A"}}}}});
    EXPECT_EQ(values(), (Json{{"B/y", "2"}}));
    ask(endpoint, "tasks.delete_hyper_params",
        {{"task", id}, {"hyperparams", {{{"section", "B"}, {"name", "y"}}}}});
    EXPECT_EQ(values(), Json::object());
    ask(endpoint, "tasks.edit_hyper_params",
        {{"task", id}, {"hyperparams", {item("C", "c", "4")}}, {"replace_hyperparams", "all"}});
    EXPECT_EQ(values(), (Json{{"C/c", "4"}}));
}

TEST(ClearmlParameters, OddOnesAreOneErrorOrAreReplaced) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    EXPECT_EQ(ask(endpoint, "tasks.edit_hyper_params",
                  {{"task", id}, {"hyperparams", {{{"name", "x"}}}}})["refused"],
              12);
    ask(endpoint, "tasks.edit", {{"task", id}, {"hyperparams", {{"A", 5}, {"B", {1, 2}}}}});
    ask(endpoint, "tasks.delete_hyper_params",
        {{"task", id}, {"hyperparams", {{{"section", "A"}, {"name", "x"}}, 7, nullptr}}});
    EXPECT_EQ(ask(endpoint, "tasks.edit_hyper_params",
                  {{"task", id}, {"hyperparams", {item("A", "x", "1")}}})["updated"],
              1);
    EXPECT_EQ(
        ask(endpoint, "tasks.edit_hyper_params", {{"task", id}, {"hyperparams", "x"}})["updated"],
        1);
    EXPECT_FALSE(ask(endpoint, "tasks.get_hyper_params", {{"tasks", {id}}})["params"].empty());
}

TEST(ClearmlConfiguration, IsSetByNameAndTakenOut) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    const auto names = [&] {
        const Json told =
            ask(endpoint, "tasks.get_configurations", {{"tasks", {id}}})["configurations"];
        std::vector<std::string> out;
        for (const Json& one : told[0]["configuration"]) {
            out.push_back(one["name"]);
        }
        return out;
    };
    ask(endpoint, "tasks.edit_configuration",
        {{"task", id},
         {"configuration", {{{"name", "net"}, {"value", "a = 1"}}, {{"name", "x"}}}}});
    EXPECT_EQ(names(), (std::vector<std::string>{"net", "x"}));
    ask(endpoint, "tasks.delete_configuration", {{"task", id}, {"configuration", {"x"}}});
    EXPECT_EQ(names(), (std::vector<std::string>{"net"}));
    ask(endpoint, "tasks.edit_configuration",
        {{"task", id}, {"configuration", {{{"name", "y"}}}}, {"replace_configuration", true}});
    EXPECT_EQ(names(), (std::vector<std::string>{"y"}));
    EXPECT_EQ(ask(endpoint, "tasks.edit_configuration",
                  {{"task", id}, {"configuration", {Json::object()}}})["refused"],
              12);
}

} // namespace
} // namespace pedigree::trackers::clearml

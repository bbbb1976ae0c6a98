// What the section "tried" says of a trial and of an Experiment, from their attributes.
#include "lineage/tried_entry.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace pedigree::lineage {
namespace {

Json trial(std::int64_t number, const char* value) {
    Json attributes{{"number", number}, {"state", "Completed"}};
    if (*value != '\0') {
        attributes["value"] = value;
    }
    return tried_trial("Trial:" + std::to_string(number), attributes, Json::object());
}

std::vector<std::int64_t> ordered(const std::string& goal, std::vector<Json> trials) {
    order_best_first(trials, goal);
    std::vector<std::int64_t> numbers;
    for (const Json& each : trials) {
        numbers.push_back(each["number"]);
    }
    return numbers;
}

TEST(TriedEntry, ListsOnlyTheParametersThatDiffer) {
    const Json own{{"lr", 0.01}, {"optimizer", "sgd"}, {"momentum", 0.9}};
    const Json entry = tried_trial("Trial:t3",
                                   {{"number", 3},
                                    {"state", "Stopped"},
                                    {"value", "0.5"},
                                    {"stopReason", "Median"},
                                    {"proposedBy", "Sobol"},
                                    {"parameters", R"({"lr":0.02,"optimizer":"sgd","units":8})"}},
                                   own);
    EXPECT_EQ(entry, (Json{{"id", "Trial:t3"},
                           {"number", 3},
                           {"state", "Stopped"},
                           {"value", 0.5},
                           {"stopReason", "Median"},
                           {"proposedBy", "Sobol"},
                           {"parameters", {{"lr", 0.02}, {"units", 8}}}}));
}

TEST(TriedEntry, WhatWasErasedOrNotRecordedYetIsLeftOut) {
    const Json entry = tried_trial("Trial:t3", {{"number", 3}, {"parameters", Json()}}, {});
    EXPECT_EQ(entry["state"], "Running");
    EXPECT_TRUE(entry["value"].is_null());
    EXPECT_EQ(entry["parameters"], Json::object());
    EXPECT_FALSE(entry.contains("failureClass"));
    EXPECT_EQ(tried_trial("t", {{"value", "high"}, {"parameters", "[1]"}}, {})["parameters"],
              Json::object());
}

TEST(TriedEntry, TellsWhatAnExperimentCameTo) {
    EXPECT_EQ(tried_experiment("ExperimentSpec:e1", {{"name", "mnist-1"},
                                                     {"outcome", "Succeeded"},
                                                     {"reason", "Completed"},
                                                     {"bestTrial", 7},
                                                     {"bestValue", "0.97"}}),
              (Json{{"id", "ExperimentSpec:e1"},
                    {"name", "mnist-1"},
                    {"outcome", "Succeeded"},
                    {"reason", "Completed"},
                    {"bestTrial", 7},
                    {"bestValue", 0.97}}));
    const Json running = tried_experiment("ExperimentSpec:e2", {{"name", "mnist-2"}});
    EXPECT_TRUE(running["outcome"].is_null());
    EXPECT_TRUE(running["bestTrial"].is_null());
    EXPECT_TRUE(running["bestValue"].is_null());
}

TEST(TriedEntry, TheBestStandsFirstAsTheGoalSays) {
    const std::vector<Json> trials{trial(4, ""), trial(3, "0.5"), trial(1, ""), trial(2, "1"),
                                   trial(5, "0.5")};
    EXPECT_EQ(ordered("Maximize", trials), (std::vector<std::int64_t>{2, 3, 5, 1, 4}));
    EXPECT_EQ(ordered("Minimize", trials), (std::vector<std::int64_t>{3, 5, 2, 1, 4}));
    EXPECT_EQ(ordered("", trials), (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
}

TEST(TriedEntry, CountsByState) {
    Json running = trial(3, "");
    running["state"] = "Running";
    EXPECT_EQ(counts_by_state({trial(1, ""), trial(2, ""), running}),
              (Json{{"Completed", 2}, {"Running", 1}}));
    EXPECT_EQ(counts_by_state({}), Json::object());
}

} // namespace
} // namespace pedigree::lineage

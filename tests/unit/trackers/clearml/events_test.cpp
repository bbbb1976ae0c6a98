#include <gtest/gtest.h>

#include "tests/unit/trackers/clearml/calls.h"
#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

TEST(ClearmlEvents, ScalarsBecomeMetricsByTitleAndSeries) {
    std::vector<std::string> heard;
    Endpoint endpoint(Settings{},
                      [&](const Task&, std::string_view key, std::int64_t step, double) {
                          heard.push_back(std::string(key) + "@" + std::to_string(step));
                      });
    const std::string id = start_task(endpoint);
    const Json answer =
        push(endpoint, {scalar(id, 0, 1), scalar(id, 3.0, 0.5), scalar(id, 1, 2, ""),
                        scalar(id, -2147483648, 0.9, "best"), scalar(id, nullptr, 7, "n")});
    EXPECT_EQ(answer, (Json{{"added", 5}, {"errors", 0}, {"errors_info", Json::object()}}));
    const Task& task = *endpoint.book().task(id);
    const auto train = task.metrics.at("loss/train").whole();
    EXPECT_EQ(train.count, 2);
    EXPECT_EQ(train.last.text(), "0.5");
    EXPECT_EQ(train.last_step, 3);
    EXPECT_EQ(task.metrics.at("loss/best").whole().last_step, 0);
    EXPECT_EQ(task.metrics.at("loss").whole().count, 1);
    EXPECT_EQ(task.last_iteration, 3);
    EXPECT_EQ(heard, (std::vector<std::string>{"loss/train@0", "loss/train@3", "loss@1",
                                               "loss/best@0", "loss/n@0"}));
}

TEST(ClearmlEvents, ABatchThatIsRepeatedAddsNothing) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    for (int i = 0; i < 2; ++i) {
        push(endpoint, {scalar(id, 0, 1), scalar(id, 1, 2), scalar(id, 2, 3)});
    }
    const Series& series = endpoint.book().task(id)->metrics.at("loss/train");
    EXPECT_EQ(series.summary().count, 3);
    EXPECT_EQ(series.repeated(), 3);
}

TEST(ClearmlEvents, OthersAreCountedByTheirKind) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    Json machine = scalar(id, 4, 50, "cpu_usage");
    machine["metric"] = ":monitor:machine";
    push(endpoint, {{{"type", "log"}, {"task", id}, {"msg", "one\ntwo"}},
                    {{"type", "log"}, {"task", id}, {"msg", "three\n"}},
                    {{"type", "plot"}, {"task", id}, {"plot_str", "{}"}},
                    {{"type", "training_debug_image"}, {"task", id}, {"url", "x"}},
                    {{"type", "training_stats_vector"}, {"task", id}},
                    machine});
    const Task& task = *endpoint.book().task(id);
    EXPECT_EQ(task.console_lines, 3);
    EXPECT_EQ(task.logged,
              (std::map<std::string, std::int64_t>{{"images", 1}, {"plots", 1}, {"vectors", 1}}));
    EXPECT_TRUE(task.metrics.empty());
    EXPECT_EQ(task.system.at(":monitor:machine/cpu_usage").summary().count, 1);
}

TEST(ClearmlEvents, WhatIsNoneIsCountedAndTheRestOfTheBatchIsTaken) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    const std::string good = json_text(scalar(id, 0, 1));
    const std::string lines = "{\n" + good + "\n" + std::string(1000, '[') + "\nnull\n\n  \n" +
                              json_text(scalar("nowhere", 0, 1)) + "\n" +
                              json_text(scalar(id, "x", 1)) + "\n" + json_text(scalar(id, 0.5, 1)) +
                              "\n" + json_text(scalar(id, 1e300, 1)) + "\n" +
                              json_text(scalar(id, 1, "much")) + "\n" +
                              json_text(Json{{"type", "mystery"}, {"task", id}}) + "\n" +
                              json_text(Json{{"type", {1}}, {"task", id}});
    const Reply reply = raw(endpoint, "events.add_batch", lines);
    EXPECT_EQ(reply.status, 200);
    const Json data = (*parse_json(reply.body))["data"];
    EXPECT_EQ(data["added"], 1);
    EXPECT_EQ(data["errors"], 10);
    EXPECT_EQ(endpoint.book().events_of_no_task, 4);
    EXPECT_EQ(endpoint.book().task(id)->events_unreadable, 6);
    EXPECT_EQ(raw(endpoint, "events.add_batch", "").status, 200);
    EXPECT_EQ(raw(endpoint, "events.add", good).status, 200);
}

TEST(ClearmlEvents, KeysAndPointsAreBounded) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    push(endpoint, {scalar(id, 0, 1, std::string(clearml_key_bytes_max, 'x'))});
    EXPECT_EQ(endpoint.book().task(id)->keys_left_out, 1);
    std::string lines;
    for (std::size_t key = 0; key < clearml_keys_per_task_max + 5; ++key) {
        lines += json_text(scalar(id, 0, 1, std::to_string(key))) + "\n";
    }
    raw(endpoint, "events.add_batch", lines);
    EXPECT_EQ(endpoint.book().task(id)->metrics.size(), clearml_keys_per_task_max);
    EXPECT_EQ(endpoint.book().task(id)->keys_left_out, 6);
    for (int step = 1; step < 25; ++step) {
        lines.clear();
        for (std::size_t key = 0; key < clearml_keys_per_task_max; ++key) {
            lines += json_text(scalar(id, step, 1, std::to_string(key))) + "\n";
        }
        raw(endpoint, "events.add_batch", lines);
    }
    std::size_t points = 0;
    for (const auto& [key, series] : endpoint.book().task(id)->metrics) {
        EXPECT_EQ(series.summary().count, 25);
        points += series.points();
    }
    EXPECT_LE(points, clearml_points_max);
    EXPECT_GT(points, clearml_points_max / 8);
}

} // namespace
} // namespace pedigree::trackers::clearml

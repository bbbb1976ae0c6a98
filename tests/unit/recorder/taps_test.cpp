#include "recorder/taps.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "recorder/call_body.h"
#include "recorder/observations.h"

namespace pedigree::recorder {
namespace {

Observations with_run(const std::string& id) {
    Observations seen;
    SeenRun run;
    run.run.run_id = id;
    run.run.status = "RUNNING";
    seen.apply(run_note(run));
    return seen;
}

void tell(Observations& seen, const std::string& call, const Json& body,
          const std::string& objective_metric = "") {
    const auto note = tap(call, body, objective_metric);
    ASSERT_TRUE(note);
    seen.apply(*note);
}

TEST(Taps, a_batch_gives_count_last_least_greatest_and_step) {
    Observations seen = with_run("r");
    tell(seen, "runs/log-batch",
         {{"run_id", "r"},
          {"metrics",
           {{{"key", "loss"}, {"value", 0.5}, {"step", 1}},
            {{"key", "loss"}, {"value", 0.25}, {"step", "2"}},
            {{"key", "acc"}, {"value", 1}, {"step", 2}}}},
          {"params", {{{"key", "lr"}, {"value", "0.1"}}}}});
    tell(seen, "runs/log-metric", {{"run_id", "r"}, {"key", "loss"}, {"value", 0.75}, {"step", 3}});
    const auto& run = seen.runs.at("r").run;
    EXPECT_EQ(run.metrics.at("loss").count, 3);
    EXPECT_EQ(run.metrics.at("loss").last.text(), "0.75");
    EXPECT_EQ(run.metrics.at("loss").min.text(), "0.25");
    EXPECT_EQ(run.metrics.at("loss").max.text(), "0.75");
    EXPECT_EQ(run.metrics.at("loss").last_step, 3);
    EXPECT_EQ(run.metrics.at("acc").last.text(), "1");
    EXPECT_EQ(run.parameters.at("lr"), "0.1");
}

TEST(Taps, nan_is_the_last_value_but_no_extreme) {
    Observations seen = with_run("r");
    for (const Json& value : {Json("NaN"), Json(2.0), Json("NaN"), Json("Infinity")}) {
        tell(seen, "runs/log-metric", {{"run_id", "r"}, {"key", "loss"}, {"value", value}});
    }
    const auto& loss = seen.runs.at("r").run.metrics.at("loss");
    EXPECT_EQ(loss.last.text(), "Infinity");
    EXPECT_EQ(loss.max.text(), "Infinity");
    EXPECT_EQ(loss.min.text(), "2");
    EXPECT_EQ(loss.count, 4);
}

TEST(Taps, a_number_may_come_as_text_and_becomes_canonical) {
    Observations seen = with_run("r");
    Json batch = {{"run_id", "r"}};
    for (const char* value : {"2.50", "NaN", "-Infinity", "1.5 or so", ""}) {
        batch["metrics"].push_back({{"key", "f1"}, {"value", value}});
    }
    tell(seen, "runs/log-batch", batch, "f1");
    const auto& points = seen.objective.points;
    ASSERT_EQ(points.size(), 3u);
    EXPECT_EQ(points[0].value.text(), "2.5");
    EXPECT_EQ(points[1].value.text(), "NaN");
    EXPECT_EQ(points[2].value.text(), "-Infinity");
    EXPECT_EQ(seen.runs.at("r").run.metrics.at("f1").count, 3);
}

TEST(Taps, each_value_of_the_objective_is_a_point_whatever_run_it_is_logged_to) {
    Observations seen = with_run("fold-1");
    SeenRun second;
    second.run.run_id = "fold-2";
    seen.apply(run_note(second));
    tell(seen, "runs/log-batch",
         {{"run_id", "fold-1"},
          {"metrics",
           {{{"key", "f1"}, {"value", 0.5}, {"step", 1}},
            {{"key", "loss"}, {"value", 9}, {"step", 1}},
            {{"key", "f1"}, {"value", 0.75}, {"step", 2}}}}},
         "f1");
    tell(seen, "runs/log-metric", {{"run_id", "fold-2"}, {"key", "f1"}, {"value", 0.25}}, "f1");
    tell(seen, "runs/log-metric", {{"run_id", "fold-2"}, {"key", "f1"}, {"value", 1}});
    EXPECT_EQ(points_json(seen.objective.points),
              Json::parse(R"([[1, "0.5"], [2, "0.75"], [3, "0.25"]])"));
}

TEST(Taps, status_and_name_follow_updates) {
    Observations seen = with_run("r");
    const std::string by_old_name = R"({"run_uuid":"r","status":"FINISHED","run_name":"best"})";
    tell(seen, "runs/update", read_call("runs/update", by_old_name).value());
    EXPECT_EQ(seen.runs.at("r").run.status, "FINISHED");
    EXPECT_EQ(seen.runs.at("r").run.name, "best");
}

TEST(Taps, odd_bodies_are_left_out) {
    Observations seen = with_run("r");
    for (const Json& body :
         {Json::object(), Json({{"metrics", 5}}), Json({{"metrics", {{"a", 1}}}}),
          Json({{"run_id", {1}}, {"metrics", {1, "x", nullptr}}})}) {
        if (const auto note = tap("runs/log-batch", body)) {
            seen.apply(*note);
        }
    }
    EXPECT_EQ(seen.runs.size(), 1u);
    EXPECT_FALSE(tap("runs/set-tag", {{"run_id", "r"}, {"key", "a"}}));
}

TEST(Taps, keys_are_bounded_and_the_rest_is_counted) {
    Observations seen = with_run("r");
    for (std::size_t i = 0; i < metric_keys_per_run_max + 5; ++i) {
        tell(seen, "runs/log-metric",
             {{"run_id", "r"}, {"key", "k" + std::to_string(i)}, {"value", 1}});
    }
    EXPECT_EQ(seen.runs.at("r").run.metrics.size(), metric_keys_per_run_max);
    EXPECT_EQ(seen.counters.at("metricKeysBeyondLimit"), 5);
}

TEST(Tags, are_added_where_the_caller_has_none_and_ours_win) {
    Json body = {{"tags",
                  {{{"key", "mlflow.parentRunId"}, {"value", "their-parent"}},
                   {{"key", "pedigree.attempt"}, {"value", "forged"}},
                   {{"key", "mlflow.user"}, {"value", "ana"}}}}};
    add_tags(body, {{"mlflow.parentRunId", "our-parent"}, {"pedigree.attempt", "pod"}});
    std::map<std::string, std::string> tags;
    for (const auto& tag : body["tags"]) {
        tags[tag["key"]] = tag["value"];
    }
    EXPECT_EQ(tags.at("mlflow.parentRunId"), "their-parent");
    EXPECT_EQ(tags.at("pedigree.attempt"), "pod");
    EXPECT_EQ(tags.at("mlflow.user"), "ana");

    Json empty = Json::object();
    add_tags(empty, {{"mlflow.parentRunId", "our-parent"}});
    EXPECT_EQ(empty["tags"].size(), 1u);
}

TEST(Tags, of_pedigree_are_not_the_scripts_to_write) {
    EXPECT_TRUE(touches_own_tags({{"key", "pedigree.attempt"}, {"value", "x"}}));
    EXPECT_TRUE(touches_own_tags({{"tags", {{{"key", "pedigree.x"}, {"value", "x"}}}}}));
    EXPECT_FALSE(touches_own_tags({{"key", "stage"}, {"value", "pedigree.x"}}));
}

} // namespace
} // namespace pedigree::recorder

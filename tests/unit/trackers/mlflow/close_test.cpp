#include "trackers/mlflow/close.h"

#include <gtest/gtest.h>

#include "tests/unit/trackers/mlflow/fake_mlflow.h"

namespace pedigree::trackers::mlflow {
namespace {

Json run(const std::string& id, const std::string& status) {
    return {{"info", {{"run_id", id}, {"experiment_id", "1"}, {"status", status}}},
            {"data",
             {{"metrics", {{{"key", "loss"}, {"value", 0.5}}, {{"key", "bad"}, {"value", "NaN"}}}},
              {"tags", {{{"key", "mlflow.parentRunId"}, {"value", "p"}}}}}},
            {"outputs", {{"model_outputs", {{{"model_id", "m-1"}}}}}}};
}

records::work::CloseTrackerInput input(const std::string& status) {
    records::work::CloseTrackerInput in;
    in.target.url = "http://mlflow:5000";
    in.experiment_uid = "uid";
    in.attempt_uid = "pod";
    in.parent_run_id = "p";
    in.status = status;
    in.tags = {{"pedigree.exit_code", "137"}};
    return in;
}

TEST(CloseTracker, looks_in_all_experiments_page_by_page_and_repairs) {
    FakeMlflow server;
    server.answers["experiments/search"] = [](const Json& body) {
        return body.contains("page_token")
                   ? answering({{"experiments", {{{"experiment_id", "2"}}}}})(body)
                   : answering({{"experiments", {{{"experiment_id", "1"}}}},
                                {"next_page_token", "t"}})(body);
    };
    server.answers["runs/search"] =
        answering({{"runs", Json::array({run("a", "RUNNING"), run("b", "FINISHED")})}});
    const auto outcome = close_tracker(server, input("KILLED"), {}, once());
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(server.body("runs/search")["experiment_ids"], (Json{"1", "2"}));
    EXPECT_EQ(outcome->repaired, 1);
    EXPECT_EQ(server.count("runs/update"), 1u);
    EXPECT_EQ(server.body("runs/update")["run_id"], "a");
    EXPECT_EQ(server.body("runs/update")["status"], "KILLED");
    EXPECT_EQ(server.count("runs/log-batch"), 2u);
    ASSERT_EQ(outcome->runs.size(), 2u);
    EXPECT_EQ(outcome->runs[0].status, "KILLED");
    EXPECT_EQ(outcome->runs[0].parent_run_id, "p");
    EXPECT_EQ(outcome->runs[0].metrics.at("loss").text(), "0.5");
    EXPECT_EQ(outcome->runs[0].metrics.at("bad").text(), "NaN");
    EXPECT_EQ(outcome->runs[0].logged_models, std::vector<std::string>{"m-1"});
}

TEST(CloseTracker, models_of_mlflow_2_are_read_from_their_tag) {
    FakeMlflow server;
    Json old = run("a", "FINISHED");
    old.erase("outputs");
    old["data"]["tags"].push_back({{"key", "mlflow.log-model.history"},
                                   {"value", R"([{"artifact_path":"model","flavors":{}}])"}});
    server.answers["experiments/search"] = answering({{"experiments", {{{"experiment_id", "1"}}}}});
    server.answers["runs/search"] = answering({{"runs", Json::array({old})}});
    const auto outcome = close_tracker(server, input("FINISHED"), {}, once());
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->runs[0].logged_models, std::vector<std::string>{"runs:/a/model"});
}

TEST(CloseTracker, the_parent_ends_with_the_experiment_and_only_once) {
    FakeMlflow server;
    server.answers["runs/get"] = answering({{"run", run("p", "RUNNING")}});
    auto parent = input("FINISHED");
    parent.attempt_uid = "";
    EXPECT_EQ(close_tracker(server, parent, {}, once())->repaired, 1);
    server.answers["runs/get"] = answering({{"run", run("p", "FINISHED")}});
    EXPECT_EQ(close_tracker(server, parent, {}, once())->repaired, 0);
    EXPECT_EQ(server.count("runs/update"), 1u);
}

TEST(CloseTracker, a_parent_that_ran_again_ends_now) {
    FakeMlflow server;
    Json reopened = run("p", "RUNNING");
    reopened["info"]["end_time"] = 1;
    server.answers["runs/get"] = answering({{"run", reopened}});
    auto parent = input("FINISHED");
    parent.attempt_uid = "";
    ASSERT_TRUE(close_tracker(server, parent, {}, once()));
    EXPECT_GT(server.body("runs/update")["end_time"], 1);
}

TEST(CloseTracker, a_server_that_is_away_is_an_error_to_repeat) {
    FakeMlflow server;
    server.answers["experiments/search"] = answering({}, 503);
    const auto outcome = close_tracker(server, input("FAILED"), {}, once());
    ASSERT_FALSE(outcome);
    EXPECT_TRUE(outcome.error().retryable());
    EXPECT_EQ(outcome.error().reason, "MlflowUnreachable");
}

} // namespace
} // namespace pedigree::trackers::mlflow

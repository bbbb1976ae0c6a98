#include "trackers/mlflow/open.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/text.h"
#include "tests/unit/trackers/mlflow/fake_mlflow.h"
#include "trackers/mlflow/preflight.h"

namespace pedigree::trackers::mlflow {
namespace {

const Json absent{{"error_code", "RESOURCE_DOES_NOT_EXIST"}, {"message", "no"}};
const Json parent{{"info", {{"run_id", "p"}, {"artifact_uri", "mlflow-artifacts:/1/p/artifacts"}}}};

records::work::OpenTrackerInput input() {
    records::work::OpenTrackerInput in;
    in.target.url = "http://mlflow:5000/";
    in.target.token = Secret("canary-token");
    in.experiment_name = "tf";
    in.experiment_uid = "uid";
    in.run_name = "mnist-1";
    in.config_json = "{}";
    for (int i = 0; i < 250; ++i) {
        in.parameters["p" + std::to_string(i)] = "1";
    }
    return in;
}

TEST(OpenTracker, makes_experiment_and_parent_and_logs_parameters_by_the_hundred) {
    FakeMlflow server;
    server.answers["experiments/get-by-name"] = answering(absent, 404);
    server.answers["experiments/create"] = answering({{"experiment_id", "1"}});
    server.answers["runs/create"] = answering({{"run", parent}});
    const auto outcome = open_tracker(server, input(), {}, once());
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->experiment_id, "1");
    EXPECT_EQ(outcome->parent_run_id, "p");
    EXPECT_EQ(server.count("runs/log-batch"), 3u);
    EXPECT_EQ(server.count("/api/2.0/mlflow-artifacts/artifacts/1/p/artifacts/config.json"), 1u);
    EXPECT_EQ(server.asked[0].headers.value_or("Authorization", ""), "Bearer canary-token");
    EXPECT_NE(server.body("runs/create").dump().find("pedigree.experiment"), std::string::npos);
}

// Seen: the worker died of it, and tried again until the deadline.
TEST(OpenTracker, a_long_value_is_cut_between_characters) {
    for (std::size_t front = 5995; front <= 6001; ++front) {
        FakeMlflow server;
        server.answers["experiments/get-by-name"] = answering(absent, 404);
        server.answers["experiments/create"] = answering({{"experiment_id", "1"}});
        server.answers["runs/create"] = answering({{"run", parent}});
        auto in = input();
        in.parameters = {{"long", std::string(front, 'a') + "\xe6\xbc\xa2\xe5\xad\x97"},
                         {"torn", "\xe6\xbc"}};
        ASSERT_TRUE(open_tracker(server, in, {}, once()));
        const Json params = server.body("runs/log-batch")["params"];
        const auto value = params[0]["value"].get<std::string>();
        EXPECT_LE(value.size(), 6000u);
        EXPECT_GE(value.size(), std::min<std::size_t>(5998, front + 3));
        EXPECT_TRUE(is_utf8(value)) << front;
    }
}

TEST(OpenTracker, a_repeat_finds_the_parent_and_makes_none) {
    FakeMlflow server;
    server.answers["experiments/get-by-name"] =
        answering({{"experiment", {{"experiment_id", "1"}, {"lifecycle_stage", "active"}}}});
    server.answers["runs/search"] = answering({{"runs", Json::array({parent})}});
    const auto outcome = open_tracker(server, input(), {}, once());
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->parent_run_id, "p");
    EXPECT_EQ(server.count("runs/create"), 0u);
    EXPECT_EQ(server.count("experiments/create"), 0u);
}

TEST(OpenTracker, a_parent_that_has_ended_runs_again) {
    FakeMlflow server;
    server.answers["experiments/get-by-name"] =
        answering({{"experiment", {{"experiment_id", "1"}, {"lifecycle_stage", "active"}}}});
    Json ended = parent;
    ended["info"]["status"] = "FINISHED";
    server.answers["runs/search"] = answering({{"runs", Json::array({ended})}});
    ASSERT_TRUE(open_tracker(server, input(), {}, once()));
    EXPECT_EQ(server.body("runs/update"), (Json{{"run_id", "p"}, {"status", "RUNNING"}}));
    ended["info"]["status"] = "RUNNING";
    FakeMlflow other;
    other.answers = server.answers;
    other.answers["runs/search"] = answering({{"runs", Json::array({ended})}});
    ASSERT_TRUE(open_tracker(other, input(), {}, once()));
    EXPECT_EQ(other.count("runs/update"), 0u);
}

TEST(OpenTracker, somebody_who_was_faster_with_the_experiment_is_fine) {
    FakeMlflow server;
    int asked = 0;
    server.answers["experiments/get-by-name"] = [&](const Json& body) {
        const Json there{{"experiment", {{"experiment_id", "9"}, {"lifecycle_stage", "active"}}}};
        return asked++ == 0 ? answering(absent, 404)(body) : answering(there)(body);
    };
    server.answers["experiments/create"] =
        answering({{"error_code", "RESOURCE_ALREADY_EXISTS"}}, 400);
    server.answers["runs/create"] = answering({{"run", parent}});
    const auto outcome = open_tracker(server, input(), {}, once());
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->experiment_id, "9");
}

TEST(OpenTracker, a_deleted_experiment_is_its_owners_to_restore) {
    FakeMlflow server;
    server.answers["experiments/get-by-name"] =
        answering({{"experiment", {{"experiment_id", "1"}, {"lifecycle_stage", "deleted"}}}});
    const auto outcome = open_tracker(server, input(), {}, once());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reason, "MlflowExperimentDeleted");
}

TEST(Preflight, names_the_remedy_for_a_host_and_for_credentials) {
    FakeMlflow server;
    server.answers["experiments/"] = [](const Json&) {
        return net::Response{
            403, {}, "Invalid Host header - possible DNS rebinding attack detected"};
    };
    const auto host = preflight(server, input().target, "1", std::chrono::seconds(0));
    ASSERT_FALSE(host);
    EXPECT_EQ(host.error().reason, "MlflowHostRefused");
    EXPECT_NE(host.error().message.find("MLFLOW_SERVER_ALLOWED_HOSTS=mlflow:5000"),
              std::string::npos);
    server.answers["experiments/"] = answering("You are not authenticated", 401);
    const auto login = preflight(server, input().target, "1", std::chrono::seconds(0));
    EXPECT_EQ(login.error().reason, "MlflowUnauthorized");
    EXPECT_NE(login.error().message.find("secretName"), std::string::npos);
    EXPECT_EQ(login.error().message.find("canary"), std::string::npos);
}

// What MLflow says of a call that it refuses.
std::string refusal(const std::string& said, const std::string& run_name = "mnist-1") {
    FakeMlflow server;
    server.answers["experiments/get-by-name"] =
        answering({{"experiment", {{"experiment_id", "1"}, {"lifecycle_stage", "active"}}}});
    server.answers["runs/create"] =
        answering({{"error_code", "INVALID_PARAMETER_VALUE"}, {"message", said}}, 400);
    auto in = input();
    in.run_name = run_name;
    in.target.token = Secret();
    in.target.basic = {"visionary", Secret("canary \"pass\"")};
    const auto outcome = open_tracker(server, in, {}, once());
    return outcome ? "" : outcome.error().message;
}

TEST(Refusal, is_shown_without_the_calls_password_and_with_all_other_words) {
    EXPECT_NE(refusal("visionary may not: canary \"pass\" is old")
                  .find("INVALID_PARAMETER_VALUE: visionary may not: [redacted] is old"),
              std::string::npos);
    EXPECT_NE(refusal("got Basic " + to_base64("visionary:canary \"pass\"")).find("[redacted]"),
              std::string::npos);
    // Half of it stood at the end of what is quoted.
    EXPECT_EQ(refusal(std::string(190, 'x') + " canary \"pass\"").find("canary"),
              std::string::npos);
}

TEST(Refusal, does_not_confirm_what_the_run_was_called) {
    for (const std::string guess : {"canary \"pass\"", "canary \"past\""}) {
        const std::string shown = refusal("bad name " + guess, guess);
        EXPECT_NE(shown.find("bad name " + guess), std::string::npos) << shown;
    }
}

} // namespace
} // namespace pedigree::trackers::mlflow

#include "recorder/endpoint.h"

#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::recorder {
namespace {

net::Response json_answer(const Json& document, int status = 200) {
    return {status, {{"Content-Type", "application/json"}, {"Server", "uvicorn"}}, document.dump()};
}

Json run_document(const std::string& id, const std::string& experiment_uid) {
    return {
        {"run",
         {{"info",
           {{"run_id", id},
            {"experiment_id", "1"},
            {"run_name", "n"},
            {"artifact_uri", "mlflow-artifacts:/1/" + id + "/artifacts"}}},
          {"data", {{"tags", {{{"key", "pedigree.experiment"}, {"value", experiment_uid}}}}}}}}};
}

// The whole endpoint over a fake MLflow, which knows a run of ours and a stranger's.
struct Bench {
    Bench() : http([this](const FakeHttp::Asked& asked) { return answer(asked); }) {
        EXPECT_TRUE(notebook.open(scratch.path() / "notes"));
        EXPECT_TRUE(pending.open(scratch.path() / "pending"));
        scratch.write("credentials/username", "ana");
        scratch.write("credentials/password", "canary-password\n");
    }

    Result<net::Response> answer(const FakeHttp::Asked& asked) {
        if (server_away) {
            return failure(ErrorCode::Unavailable, "connection refused");
        }
        if (asked.url.find("runs/get") != std::string::npos) {
            const bool ours = asked.url.find("run_id=ours") != std::string::npos;
            return json_answer(run_document(ours ? "ours" : "theirs", ours ? "uid" : "other"));
        }
        if (asked.url.find("runs/create") != std::string::npos) {
            return json_answer(run_document("new", "uid"));
        }
        if (asked.url.find("logged-models") != std::string::npos) {
            return json_answer(
                {{"model",
                  {{"info",
                    {{"model_id", "m-1"},
                     {"name", "keras"},
                     {"source_run_id", "ours"},
                     {"artifact_uri", "mlflow-artifacts:/1/models/m-1/artifacts"}}}}}});
        }
        return json_answer(Json::object());
    }

    net::Response call(const std::string& method, const std::string& target, const Json& body) {
        FakeExchange exchange(method, target,
                              body.is_string() ? body.get<std::string>() : body.dump());
        exchange.asked.headers.add("Authorization", "Bearer stolen");
        exchange.asked.headers.add("Host", "127.0.0.1:5000");
        exchange.asked.headers.add("Content-Type", "application/json");
        endpoint.handle(exchange);
        return exchange.answer;
    }

    Scratch scratch;
    bool server_away = false;
    FakeHttp http;
    Notebook notebook;
    PendingAppends pending;
    Upstream upstream{http, "http://mlflow:5000/", scratch.path() / "credentials"};
    Ownership ownership{upstream, notebook, "uid"};
    Endpoint endpoint{
        {upstream, notebook, ownership, pending, {{"pedigree.attempt", "pod"}}, "loss"}};
};

TEST(Endpoint, the_scripts_own_credentials_and_host_go_no_further) {
    Bench bench;
    const auto answer = bench.call("GET", "/api/2.0/mlflow/experiments/get?experiment_id=1", "");
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.headers.contains("Server"));
    ASSERT_EQ(bench.http.asked.size(), 1u);
    EXPECT_EQ(bench.http.asked[0].url,
              "http://mlflow:5000/api/2.0/mlflow/experiments/get?experiment_id=1");
    EXPECT_EQ(bench.http.asked[0].headers.value_or("Authorization", ""),
              "Basic " + to_base64("ana:canary-password"));
    EXPECT_FALSE(bench.http.asked[0].headers.contains("Host"));
}

TEST(Endpoint, refusals_have_mlflows_form_and_reach_nobody) {
    Bench bench;
    const auto answer =
        bench.call("POST", "/api/2.0/mlflow/experiments/delete", {{"experiment_id", "1"}});
    EXPECT_EQ(answer.status, 403);
    const auto document = parse_json(answer.body);
    ASSERT_TRUE(document);
    EXPECT_EQ(string_or(*document, "error_code"), "PERMISSION_DENIED");
    EXPECT_TRUE(bench.http.asked.empty());
    EXPECT_EQ(bench.notebook.seen().counters.at("refused"), 1);
}

TEST(Endpoint, a_created_run_gets_our_tags_and_is_ours) {
    Bench bench;
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/create", {{"experiment_id", "1"}}).status,
              200);
    EXPECT_NE(bench.http.asked[0].body.find(R"({"key":"pedigree.attempt","value":"pod"})"),
              std::string::npos);
    EXPECT_EQ(bench.notebook.seen().runs.at("new").artifact_root, "1/new/artifacts");
    const Json batch = {{"run_id", "new"}, {"metrics", {{{"key", "a"}, {"value", 1}}}}};
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/log-batch", batch).status, 200);
    EXPECT_EQ(bench.notebook.seen().runs.at("new").run.metrics.at("a").count, 1);
}

TEST(Endpoint, other_peoples_runs_and_our_tags_are_not_written) {
    Bench bench;
    const Json stranger = {{"run_id", "theirs"}, {"key", "a"}, {"value", "1"}};
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/set-tag", stranger).status, 403);
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/set-tag", stranger).status, 403);
    EXPECT_EQ(bench.http.asked.size(), 1u); // asked once, remembered
    const Json forged = {{"run_id", "ours"}, {"key", "pedigree.attempt"}, {"value", "x"}};
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/set-tag", forged).status, 403);
    const Json fine = {{"run_id", "ours"}, {"key", "stage"}, {"value", "x"}};
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/set-tag", fine).status, 200);
}

TEST(Endpoint, uploads_are_hashed_on_their_way) {
    Bench bench;
    const std::string bytes(100000, 'w');
    EXPECT_EQ(bench.call("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/ours/artifacts/w.h5", bytes)
                  .status,
              200);
    EXPECT_EQ(bench.http.asked.back().body, bytes);
    const auto uploads = bench.notebook.seen().uploads;
    EXPECT_EQ(uploads.at("1/ours/artifacts/w.h5").digest, sha256(bytes).text());
    EXPECT_EQ(uploads.at("1/ours/artifacts/w.h5").bytes, 100000);
    EXPECT_EQ(
        bench.call("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/theirs/artifacts/x", "x").status,
        403);
    EXPECT_EQ(
        bench.call("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/models/m-1/artifacts/MLmodel", "x")
            .status,
        200);
}

TEST(Endpoint, appends_while_the_server_is_away_are_kept_and_delivered_in_order) {
    Bench bench;
    const auto metric = [](int step) {
        return Json{{"run_id", "ours"}, {"key", "loss"}, {"value", 0.5}, {"step", step}};
    };
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/log-metric", metric(0)).status, 200);
    bench.server_away = true;
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/log-metric", metric(1)).status, 200);
    bench.server_away = false; // it is back, but the first one waits: order is kept
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/log-metric", metric(2)).status, 200);
    const auto end = bench.call("POST", "/api/2.0/mlflow/runs/update",
                                {{"run_id", "ours"}, {"status", "FINISHED"}, {"end_time", 5}});
    EXPECT_EQ(end.status, 200);
    EXPECT_EQ(string_or(at_path(*parse_json(end.body), {"run_info"}), "status"), "FINISHED");
    EXPECT_EQ(bench.pending.size(), 3u);
    EXPECT_EQ(bench.notebook.seen().counters.at("appendsKept"), 3);
    bench.http.asked.clear();
    {
        std::jthread deliver([&](std::stop_token stop) {
            deliver_pending(bench.pending, bench.upstream, bench.notebook, stop);
        });
        for (int i = 0; i < 500 && !bench.pending.empty(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    ASSERT_EQ(bench.http.asked.size(), 3u);
    EXPECT_NE(bench.http.asked[0].body.find("\"step\":1"), std::string::npos);
    EXPECT_NE(bench.http.asked[1].body.find("\"step\":2"), std::string::npos);
    EXPECT_NE(bench.http.asked[2].url.find("runs/update"), std::string::npos);
    EXPECT_EQ(bench.notebook.seen().runs.at("ours").run.status, "FINISHED");
    EXPECT_EQ(bench.notebook.seen().runs.at("ours").run.metrics.at("loss").count, 3);
    EXPECT_EQ(bench.notebook.seen().objective.points.size(), 3u); // those that were kept as well
}

} // namespace
} // namespace pedigree::recorder

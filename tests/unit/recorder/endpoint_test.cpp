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
    return {{"run",
             {{"info",
               {{"run_id", id},
                {"experiment_id", "1"},
                {"run_name", "n"},
                {"artifact_uri", "mlflow-artifacts:/1/" + id + "/artifacts"}}},
              {"data",
               {{"tags",
                 {{{"key", "pedigree.experiment"}, {"value", experiment_uid}},
                  {{"key", "pedigree.attempt"}, {"value", id == "new" ? "pod" : "earlier"}}}}}}}}};
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
            const bool ours = asked.url.find("run_id=ours") != std::string::npos ||
                              asked.url.find("run_id=alias") != std::string::npos;
            return json_answer(run_document(ours ? "ours" : "theirs", ours ? "uid" : "other"));
        }
        if (asked.url.find("runs/create") != std::string::npos) {
            return json_answer(run_document("new", "uid"));
        }
        if (asked.url.find("experiments/create") != std::string::npos) {
            return json_answer({{"experiment_id", "7"}});
        }
        if (asked.url.find("logged-models") != std::string::npos) {
            return json_answer(
                {{"model",
                  {{"info",
                    {{"model_id", "m-1"},
                     {"name", "keras"},
                     {"source_run_id", asked.url.ends_with("m-theirs") ? "theirs" : "ours"},
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
    Ownership ownership{upstream, notebook, {"uid", "pod"}};
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

// A server, or what stands before it, that answers with another run than was asked for.
TEST(Endpoint, an_answer_about_another_run_proves_nothing) {
    Bench bench;
    const Json tag = {{"run_id", "alias"}, {"key", "a"}, {"value", "1"}};
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/runs/set-tag", tag).status, 403);
    EXPECT_TRUE(bench.notebook.seen().runs.empty());
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

// Seen: each of these wrote to another team's run, since what was judged was not what was sent.
TEST(Endpoint, what_is_sent_is_what_was_judged) {
    Bench bench;
    const auto post = [&](const char* call, const char* text) {
        bench.http.asked.clear();
        FakeExchange exchange("POST", std::string("/api/2.0/mlflow/") + call, text);
        bench.endpoint.handle(exchange);
        return exchange.answer.status;
    };
    for (const char* body :
         {R"({"run_id":"ours","runId":"theirs","key":"a","value":"1"})",
          R"({"run_id":"ours","run_id":"theirs","key":"a","value":"1"})",
          R"({"run_uuid":"ours","runUuid":"theirs","key":"a","value":"1"})",
          R"({"run_id":"ours","run_uuid":"theirs","key":"a","value":"1"})",
          R"({"run_id":"ours","key":"pedigree.x","key":"a","value":"1"})",
          R"({"run_id":"ours","key":"a","value":NaN})", R"("{\"run_id\":\"theirs\"}")", "[]", ""}) {
        EXPECT_EQ(post("runs/set-tag", body), 400) << body;
        EXPECT_TRUE(bench.http.asked.empty()) << body;
    }
    EXPECT_EQ(post("runs/set-tag", R"({"runId":"theirs","key":"a","value":"1"})"), 403);
    EXPECT_EQ(post("runs/set-tag", R"({"run_id":"ours","key":"PEDIGREE.reason","value":"1"})"),
              403);
    EXPECT_EQ(post("logged-models", R"({"experiment_id":"1","name":"m","sourceRunId":"theirs"})"),
              403);
    EXPECT_EQ(post("logged-models", R"({"source_run_id":"theirs","x":NaN})"), 400);

    EXPECT_EQ(post("runs/set-tag?run_id=theirs",
                   R"({"runId":"ours","key":"a","value":"1","run":{"run_id":"theirs"}})"),
              200);
    EXPECT_EQ(bench.http.asked.back().url, "http://mlflow:5000/api/2.0/mlflow/runs/set-tag");
    EXPECT_EQ(bench.http.asked.back().body, R"({"key":"a","run_id":"ours","value":"1"})");
    EXPECT_EQ(*bench.notebook.seen().fields_left_out.begin(), "runs/set-tag run");
}

TEST(Endpoint, a_model_of_others_is_not_written_through_a_run_of_ours) {
    Bench bench;
    const auto post = [&](const char* call, const Json& body) {
        return bench.call("POST", std::string("/api/2.0/mlflow/") + call, body).status;
    };
    const Json foreign = {{"key", "a"}, {"value", 1}, {"model_id", "m-theirs"}};
    EXPECT_EQ(post("runs/log-batch", {{"run_id", "ours"}, {"metrics", {foreign}}}), 403);
    EXPECT_EQ(post("runs/outputs", {{"run_id", "ours"}, {"models", {{{"modelId", "m-theirs"}}}}}),
              403);
    EXPECT_EQ(post("runs/outputs", {{"run_id", "ours"}, {"models", {{{"model_id", "m-1"}}}}}), 200);
    EXPECT_EQ(post("runs/log-inputs", {{"run_id", "ours"}, {"models", {{{"model_id", "m-x"}}}}}),
              200); // what was used is not written to
    EXPECT_EQ(bench
                  .call("PATCH", "/api/2.0/mlflow/logged-models/m-1/tags",
                        {{"tags", {{{"key", "pedigree.x"}, {"value", "1"}}}}})
                  .status,
              403);
}

// The SDK writes MLFLOW_RUN_CONTEXT's tags onto models as well.
TEST(Endpoint, a_created_model_gets_our_tags_anew) {
    Bench bench;
    const Json forged = {{"key", "pedigree.attempt"}, {"value", "forged"}};
    const Json own = {{"key", "stage"}, {"value", "x"}};
    EXPECT_EQ(bench
                  .call("POST", "/api/2.0/mlflow/logged-models",
                        {{"experiment_id", "1"}, {"name", "m"}, {"tags", {forged, own}}})
                  .status,
              200);
    EXPECT_EQ(parse_json(bench.http.asked.back().body)->at("tags").dump(),
              R"([{"key":"pedigree.attempt","value":"pod"},{"key":"stage","value":"x"}])");
}

TEST(Endpoint, only_an_experiment_that_the_script_created_may_be_tagged) {
    Bench bench;
    const auto tag = [&] {
        return bench
            .call("POST", "/api/2.0/mlflow/experiments/set-experiment-tag",
                  {{"experiment_id", "7"}, {"key", "mlflow.note.content"}, {"value", "x"}})
            .status;
    };
    EXPECT_EQ(tag(), 403);
    EXPECT_EQ(bench
                  .call("POST", "/api/2.0/mlflow/experiments/create",
                        {{"name", "n"}, {"artifact_location", "mlflow-artifacts:/1/theirs"}})
                  .status,
              403);
    EXPECT_EQ(bench.call("POST", "/api/2.0/mlflow/experiments/create", {{"name", "n"}}).status,
              200);
    EXPECT_EQ(tag(), 200);
}

TEST(Endpoint, a_run_of_an_earlier_attempt_is_touched_and_not_made) {
    Bench bench;
    EXPECT_EQ(bench
                  .call("POST", "/api/2.0/mlflow/runs/set-tag",
                        {{"run_id", "ours"}, {"key", "a"}, {"value", "1"}})
                  .status,
              200);
    EXPECT_TRUE(bench.notebook.seen().runs.at("ours").touched);
    bench.call("POST", "/api/2.0/mlflow/runs/create", {{"experiment_id", "1"}});
    EXPECT_FALSE(bench.notebook.seen().runs.at("new").touched);
}

TEST(Endpoint, a_registered_model_name_ends_well_and_is_said) {
    Bench bench;
    const auto made =
        bench.call("POST", "/api/2.0/mlflow/registered-models/create", {{"name", "churn"}});
    EXPECT_EQ(made.status, 200);
    const auto version =
        bench.call("POST", "/api/2.0/mlflow/model-versions/create",
                   {{"name", "churn"}, {"source", "models:/m-1"}, {"model_id", "m-1"}});
    const auto told = parse_json(version.body);
    ASSERT_TRUE(told);
    EXPECT_EQ(string_or(at_path(*told, {"model_version"}), "status"), "READY");
    EXPECT_TRUE(bench.http.asked.empty());
    ASSERT_EQ(bench.notebook.seen().gaps.size(), 1u);
    EXPECT_NE(bench.notebook.seen().gaps[0].sentence.find("\"churn\""), std::string::npos);
    const Json tag = {{"key", "mlflow.modelVersions"}, {"value", "[]"}};
    EXPECT_EQ(
        bench.call("PATCH", "/api/2.0/mlflow/logged-models/m-1/tags", {{"tags", {tag}}}).status,
        200);
    EXPECT_EQ(bench.http.asked.size(), 2u); // whose the model is, and of its run; nothing written
}

TEST(Endpoint, a_name_that_mlflows_client_would_lose_is_refused) {
    Bench bench;
    const auto answer =
        bench.call("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/ours/artifacts/q?.txt", "x");
    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(answer.body.find("'?'"), std::string::npos);
    EXPECT_TRUE(bench.http.asked.empty());
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

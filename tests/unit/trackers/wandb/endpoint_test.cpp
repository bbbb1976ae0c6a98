#include "trackers/wandb/endpoint.h"

#include <gtest/gtest.h>

#include "tests/unit/trackers/wandb/calls.h"
#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

TEST(Endpoint, MakesARun) {
    Endpoint endpoint(Settings{});
    const Json answer =
        ask(endpoint, "mutation UpsertBucket",
            {{"name", "r"}, {"project", nullptr}, {"entity", nullptr}, {"host", "h"}});
    const Json& bucket = answer["data"]["upsertBucket"]["bucket"];
    EXPECT_EQ(bucket["name"], "r");
    EXPECT_EQ(bucket["project"]["name"], "uncategorized");
    EXPECT_EQ(bucket["project"]["entity"]["name"], "pedigree");
    EXPECT_EQ(answer["data"]["upsertBucket"]["inserted"], true);
    const wandb::Run& run = start_run(endpoint);
    EXPECT_EQ(run.name, "shown");
    EXPECT_EQ(run.group, "g");
    EXPECT_EQ(run.commit, "0123");
    EXPECT_EQ(run.sdk_version, "0.31.0");
    EXPECT_EQ(run.tags, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(config_of(run), (Json{{"lr", 0.1}}));
    EXPECT_EQ(run.resumes, 0);
}

TEST(Endpoint, KeepsWhatALaterCallLeavesOut) {
    Endpoint endpoint(Settings{});
    const wandb::Run& run = start_run(endpoint);
    ask(endpoint, "mutation UpsertBucket",
        {{"name", "r"},
         {"project", "p"},
         {"host", nullptr},
         {"tags", nullptr},
         {"config", R"({"lr":{"value":2}})"}});
    EXPECT_EQ(run.group, "g");
    EXPECT_EQ(run.tags.size(), 2);
    EXPECT_EQ(config_of(run), (Json{{"lr", 2}}));
    EXPECT_EQ(run.resumes, 0);
}

TEST(Endpoint, ResumesWithTheTrueStep) {
    Endpoint endpoint(Settings{});
    const Json nobody = ask(endpoint, "query RunResumeStatus", {{"project", "p"}, {"name", "r"}});
    EXPECT_EQ(nobody["data"]["model"], nullptr);
    const wandb::Run& run = start_run(endpoint);
    push(endpoint, rows_push(0, 0, 4));
    push(endpoint, R"({"complete":true,"exitcode":1})");
    const Json answer = ask(endpoint, "query RunResumeStatus", {{"project", "p"}, {"name", "r"}});
    const Json& bucket = answer["data"]["model"]["bucket"];
    EXPECT_EQ(bucket["historyLineCount"], 4);
    const Json tail = *parse_json(bucket["historyTail"].get<std::string>());
    EXPECT_EQ((*parse_json(tail[0].get<std::string>()))["_step"], 3);
    EXPECT_TRUE((*parse_json(bucket["wandbConfig"].get<std::string>())).contains("t"));
    start_run(endpoint);
    EXPECT_EQ(run.state, State::Running);
    EXPECT_EQ(run.resumes, 1);
    push(endpoint, rows_push(4, 4, 6));
    EXPECT_EQ(run.metrics.at("loss").values.count(), 6);
}

TEST(Endpoint, TakesTheRowsOfAProcessThatBeginsAgain) {
    Endpoint endpoint(Settings{});
    const wandb::Run& run = start_run(endpoint);
    push(endpoint, rows_push(0, 0, 4, 1000));
    push(endpoint, R"({"complete":true,"exitcode":1})");
    start_run(endpoint);
    push(endpoint, rows_push(0, 0, 6, 2000)); // from a checkpoint: steps 0 to 3 once more
    EXPECT_EQ(run.metrics.at("loss").values.count(), 6);
    EXPECT_EQ(run.metrics.at("loss").repeated, 4);
    EXPECT_EQ(run.last_step, 5);
}

TEST(Endpoint, AnswersIntrospectionWithWhatItCan) {
    Endpoint endpoint(Settings{});
    const Reply reply = endpoint.answer(
        {"POST",
         "/graphql",
         R"j({"query":"query ProbeServerCapabilities { MutationType: __type(name: \"Mutation\") {fields{name}} ServerInfoType: __type(name: \"ServerInfo\") {x} }"})j",
         {}});
    const Json answer = *parse_json(reply.body);
    EXPECT_EQ(answer["data"]["ServerInfoType"]["fields"],
              Json::array({Json{{"name", "cliVersionInfo"}}}));
    const Json viewer = ask(endpoint, "query Viewer", Json::object())["data"];
    EXPECT_EQ(viewer["serverInfo"]["cliVersionInfo"]["max_cli_version"], "999.0.0");
    EXPECT_NE(json_text(answer["data"]["MutationType"]["fields"]).find("createRunFiles"),
              std::string::npos);
}

TEST(Endpoint, AnnouncesFilesAndTakesThem) {
    Endpoint endpoint(Settings{.base_url = "http://127.0.0.1:9/wandb"});
    const wandb::Run& run = start_run(endpoint);
    const Json answer = ask(endpoint, "mutation CreateRunFiles",
                            {{"project", "p"},
                             {"run", "r"},
                             {"entity", "e"},
                             {"files", {"config.yaml", "../../x", 5}}});
    const Json& files = answer["data"]["createRunFiles"]["files"];
    ASSERT_EQ(files.size(), 2);
    EXPECT_EQ(files[0]["uploadUrl"], "http://127.0.0.1:9/wandb/upload/run/p/r/config.yaml");
    EXPECT_EQ(files[1]["uploadUrl"], "http://127.0.0.1:9/wandb/upload/none");
    EXPECT_FALSE(run.files.at("config.yaml").bytes);
    const auto upload = endpoint.upload("PUT", "/upload/run/p/r/config.yaml");
    ASSERT_TRUE(upload);
    endpoint.uploaded(*upload, 3, sha256("abc"));
    EXPECT_EQ(run.files.at("config.yaml").bytes, 3);
    EXPECT_EQ(run.files.at("config.yaml").sha256, sha256("abc"));
    EXPECT_EQ(run.files_left_out, 1);
    EXPECT_FALSE(endpoint.upload("GET", "/upload/run/p/r/config.yaml"));
    endpoint.uploaded(*endpoint.upload("PUT", "/upload/none"), 3, sha256("abc"));
    endpoint.uploaded(*endpoint.upload("PUT", "/upload/artifact/99/x"), 3, sha256("abc"));
}

TEST(Endpoint, RefusesInWordsAndWithStatus200) {
    Endpoint endpoint(Settings{});
    const std::pair<const char*, const char*> cases[] = {{"mutation UpsertSweep", "spec.search"},
                                                         {"mutation CreateAgent", "spec.search"},
                                                         {"mutation pushToRunQueue", "Experiment"},
                                                         {"mutation DeleteRun", "not among"},
                                                         {"query Runs", "spec.inputs"},
                                                         {"query", "no name"}};
    for (const auto& [operation, words] : cases) {
        const Json answer = ask(endpoint, operation, Json::object());
        EXPECT_EQ(answer["data"], nullptr) << operation;
        EXPECT_NE(answer["errors"][0]["message"].get<std::string>().find(words), std::string::npos)
            << answer;
    }
    const Reply reply = endpoint.answer({"POST", "/graphql", R"({"query":"query Runs {x}"})", {}});
    EXPECT_EQ(reply.standing, Standing::NeedsServer);
    EXPECT_EQ(reply.operation, "Runs");
    EXPECT_EQ(endpoint.answer({"POST", "/graphql", "not json", {}}).status, 200);
    EXPECT_EQ(endpoint.answer({"POST", "/graphql", "", {}, Body::Cut}).status, 200);
    EXPECT_EQ(endpoint.answer({"GET", "/", "", {}}).status, 404);
}

TEST(Endpoint, BoundsRunsAndTexts) {
    Endpoint endpoint(Settings{});
    for (std::size_t at = 0; at < wandb_runs_max + 2; ++at) {
        const Json answer =
            ask(endpoint, "mutation UpsertBucket",
                {{"name", "r" + std::to_string(at)}, {"project", "p"}, {"host", "h"}});
        ASSERT_TRUE(answer["data"].is_object()) << at;
    }
    EXPECT_EQ(endpoint.runs().all().size(), wandb_runs_max);
    EXPECT_EQ(endpoint.runs().left_out(), 2);
    ask(endpoint, "mutation UpsertBucket",
        {{"name", "r0"}, {"project", "p"}, {"notes", std::string(wandb_texts_bytes_max + 1, 'n')}});
    EXPECT_EQ(endpoint.runs().find("p", "r0")->notes, "");
    EXPECT_EQ(endpoint.runs().find("p", "r0")->texts_left_out, 1);
}

TEST(Endpoint, NamesNoRunThatCouldLeaveItsFolder) {
    Endpoint endpoint(Settings{});
    for (const char* id : {"", "a/b", "..", "a\nb"}) {
        EXPECT_EQ(ask(endpoint, "mutation UpsertBucket", {{"name", id}, {"project", "p"}})["data"],
                  nullptr);
    }
    EXPECT_TRUE(endpoint.runs().all().empty());
}

} // namespace
} // namespace pedigree::trackers::wandb

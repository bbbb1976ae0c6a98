#include <gtest/gtest.h>

#include "tests/unit/trackers/clearml/calls.h"
#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

TEST(ClearmlEndpoint, ALoginGivesATokenOfThreePartsThatCanBeDecoded) {
    Endpoint endpoint(Settings{});
    const Reply reply = endpoint.answer({"POST", "/api/auth.login", "", {}});
    ASSERT_EQ(reply.status, 200);
    const std::string token = (*parse_json(reply.body))["data"]["token"];
    std::string claims = token.substr(token.find('.') + 1);
    claims = claims.substr(0, claims.find('.'));
    claims.append((4 - claims.size() % 4) % 4, '=');
    const Json document = *parse_json(*from_base64(claims));
    EXPECT_EQ(document["api_version"], "2.30");
    EXPECT_EQ(document["feature_set"], "basic");
    EXPECT_GT(document["exp"], 4'000'000'000);
}

TEST(ClearmlEndpoint, WhatIsNotAnsweredIsRefusedInClearmlsOwnEnvelope) {
    Endpoint endpoint(Settings{});
    for (const char* name : {"queues.get_all", "tasks.enqueue", "tasks.clone", "users.delete",
                             "events.get_task_log", "auth.create_credentials"}) {
        const Reply reply = raw(endpoint, name, "{}");
        EXPECT_EQ(reply.status, 400) << name;
        const Json answer = *parse_json(reply.body);
        EXPECT_EQ(answer["meta"]["result_subcode"], 1) << name;
        EXPECT_TRUE(answer["data"].is_object());
        EXPECT_NE(answer["meta"]["result_msg"].get<std::string>().find(name), std::string::npos);
        EXPECT_NE(reply.standing, Standing::Answered) << name;
    }
    EXPECT_EQ(raw(endpoint, "events.get_task_log", "{}").standing, Standing::NeedsServer);
    EXPECT_EQ(raw(endpoint, "queues.get_all", "{}").standing, Standing::Refused);
    EXPECT_NE(ask(endpoint, "tasks.enqueue", Json::object())["message"].get<std::string>().find(
                  "started as an Experiment"),
              std::string::npos);
}

TEST(ClearmlEndpoint, APathThatIsNoCallIsNotFound) {
    Endpoint endpoint(Settings{});
    for (const char* path : {"/api/", "/api/v2.23/", "/api/v2.23/tasks", "/api/v2.23/a.b/c",
                             "/api/v2.23/Tasks.create", "/api/vx/tasks.create", "/graphql",
                             "/api/v2.23/tasks.create%00", "/api/v2.23/..tasks.create"}) {
        EXPECT_EQ(endpoint.answer({"POST", path, "{}", {}}).status, 404) << path;
    }
}

TEST(ClearmlEndpoint, ABodyThatIsNoneIsOneClearErrorAndCounted) {
    Endpoint endpoint(Settings{});
    const std::string deep(100'000, '[');
    for (const std::string& body :
         {std::string("{"), std::string("[]"), std::string("7"), deep,
          std::string("{\"name\":\"\xff\"}"), std::string(R"({"name":"a","name":"b"})"),
          std::string(R"({"name":NaN})")}) {
        const Json answer = *parse_json(raw(endpoint, "tasks.create", body).body);
        EXPECT_EQ(answer["meta"]["result_code"], 400);
        EXPECT_EQ(answer["meta"]["result_subcode"], 12);
    }
    EXPECT_EQ(endpoint.book().calls_unreadable, 7);
    const Reply cut = endpoint.answer({"POST", "/api/v2.23/tasks.edit", "", {}, Body::Cut});
    EXPECT_NE(cut.body.find("too large"), std::string::npos);
    EXPECT_TRUE(endpoint.book().tasks.empty());
}

TEST(ClearmlEndpoint, TheSameCallsGiveTheSameIdsAndAnotherPodGivesOthers) {
    Endpoint one({.seed = "a"});
    Endpoint same({.seed = "a"});
    Endpoint other({.seed = "b"});
    const std::string id = start_task(one);
    EXPECT_EQ(id.size(), 32U);
    EXPECT_EQ(id, start_task(same));
    EXPECT_NE(id, start_task(other));
    EXPECT_NE(id, start_task(one));
}

TEST(ClearmlEndpoint, TellsWhatACallIs) {
    EXPECT_EQ(Endpoint::kind("GET", "/api/v2.23/tasks.get_all"), Kind::Call);
    EXPECT_EQ(Endpoint::kind("POST", "/api/auth.login"), Kind::Call);
    EXPECT_EQ(Endpoint::kind("DELETE", "/api/auth.login"), Kind::None);
    EXPECT_EQ(Endpoint::kind("POST", "/files"), Kind::Upload);
    EXPECT_EQ(Endpoint::kind("POST", "/files/"), Kind::Upload);
    EXPECT_EQ(Endpoint::kind("GET", "/files/a/b"), Kind::Download);
    EXPECT_EQ(Endpoint::kind("HEAD", "/files/a/b"), Kind::Download);
    EXPECT_EQ(Endpoint::kind("DELETE", "/files/a/b"), Kind::None);
    EXPECT_EQ(Endpoint::kind("GET", "/web/projects"), Kind::None);
}

TEST(ClearmlEndpoint, APreparedTaskTellsItsParametersAndIsNotShifted) {
    Endpoint endpoint(Settings{});
    const std::string id(32, 'a');
    EXPECT_EQ(endpoint.prepare({.id = "x", .project = "p"}).error().code, ErrorCode::InvalidInput);
    ASSERT_TRUE(
        endpoint.prepare({.id = id,
                          .project = "p",
                          .name = "trial 3",
                          .parameters = {{"Args/epochs", "2"}, {"a/b/c", "x"}, {"lr", "1"}}}));
    EXPECT_EQ(endpoint.prepare({.id = id, .project = "p"}).error().code, ErrorCode::AlreadyExists);
    push(endpoint, {scalar(id, 5, 1)});
    const Json task = ask(endpoint, "tasks.get_by_id", {{"task", id}})["task"];
    EXPECT_EQ(task["hyperparams"]["Args"]["epochs"]["value"], "2");
    EXPECT_EQ(task["hyperparams"]["a"]["b/c"]["value"], "x");
    EXPECT_EQ(task["hyperparams"]["General"]["lr"]["value"], "1");
    EXPECT_EQ(task["last_iteration"], 0);
    EXPECT_EQ(endpoint.book().task(id)->last_iteration, 5);
}

TEST(ClearmlEndpoint, ATaskThatShallStopIsToldSoUntilItEnds) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    const Json poll{{"id", {id}}, {"only_fields", {"status", "status_message"}}};
    EXPECT_EQ(ask(endpoint, "tasks.get_all", poll)["tasks"][0]["status_message"], "");
    endpoint.stop_tasks();
    const Json told = ask(endpoint, "tasks.get_all", poll)["tasks"][0];
    EXPECT_EQ(told, (Json{{"id", id}, {"status", "in_progress"}, {"status_message", "stopping"}}));
    ask(endpoint, "tasks.stopped", {{"task", id}, {"status_message", "by user"}});
    EXPECT_EQ(ask(endpoint, "tasks.get_all", poll)["tasks"][0]["status_message"], "by user");
}

} // namespace
} // namespace pedigree::trackers::clearml

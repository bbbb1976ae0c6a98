#include "experiment/status/project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

using testing::EndsWith;

Json condition_of(const Json& status, const std::string& type) {
    for (const Json& condition : status["conditions"]) {
        if (condition["type"] == type) {
            return condition;
        }
    }
    return Json();
}

// Projects the status as it is now and keeps it, as the API server would.
Json project(Life& life) {
    const Json status = project_status(life.observation, life.look());
    life.observation.resource->status_json = canonical_json(status);
    return status;
}

TEST(StatusOf, IsAFixedPointOnceWritten) {
    Life life;
    life.run();
    const Json first = project(life);
    life.observation.now += std::chrono::hours(1);
    EXPECT_EQ(project_status(life.observation, life.look()), first);
}

TEST(StatusOf, SaysWhenItBeganAndWhenItEnded) {
    Life life;
    EXPECT_FALSE(project(life).contains("startedAt")); // not accepted yet
    const Instant accepted = life.observation.now;
    life.run();
    life.observation.now += std::chrono::minutes(2);
    life.start_pod();
    life.run();
    const Json running = project(life);
    EXPECT_EQ(running["startedAt"], to_kubernetes_time(accepted));
    EXPECT_FALSE(running.contains("finishedAt"));
    life.observation.now += std::chrono::minutes(3);
    life.end_pod(0, "Completed");
    life.run();
    const Json ended = project(life);
    EXPECT_EQ(ended["startedAt"], to_kubernetes_time(accepted));
    EXPECT_EQ(ended["finishedAt"], to_kubernetes_time(accepted + std::chrono::minutes(5)));
}

TEST(StatusOf, DatesARefusalBeforeAcceptance) {
    Life life;
    life.observation.spec.reset();
    life.observation.invalid = {{"InvalidSpec", "command: is required"}};
    const Json first = project(life);
    EXPECT_EQ(first["finishedAt"], condition_of(first, "Finished")["lastTransitionTime"]);
    life.observation.now += std::chrono::hours(1);
    EXPECT_EQ(project(life), first);
}

TEST(StatusOf, KeepsTheTimeOfAConditionThatDidNotChange) {
    Life life;
    life.run();
    const Json before = project(life);
    life.observation.now += std::chrono::minutes(1);
    life.start_pod();
    life.run();
    const Json after = project(life);
    EXPECT_EQ(condition_of(after, "SourceResolved"), condition_of(before, "SourceResolved"));
    EXPECT_EQ(condition_of(after, "Running")["status"], "True");
    EXPECT_EQ(condition_of(after, "Running")["lastTransitionTime"], "2026-01-01T00:01:00Z");
}

TEST(StatusOf, NeverTakesBackWhatWasReached) {
    Life life;
    const std::vector<std::string> lasting{"Validated", "SourceResolved", "ImageReady", "Admitted",
                                           "Finished"};
    std::map<std::string, std::string> reached;
    bool started = false, ended = false;
    for (int i = 0; i < 60; ++i) {
        const Json status = project(life);
        for (const std::string& type : lasting) {
            const std::string now = condition_of(status, type)["status"];
            EXPECT_FALSE(reached[type] == "True" && now != "True") << type;
            reached[type] = now;
        }
        if (!life.step().empty()) {
            continue;
        }
        if (!started) {
            life.start_pod();
            started = true;
        } else if (!ended) {
            life.end_pod(0, "Completed");
            ended = true;
        }
    }
    for (const std::string& type : lasting) {
        EXPECT_EQ(reached[type], "True") << type;
    }
}

TEST(StatusOf, FinishedIsTrueEitherWay) {
    for (const std::int64_t exit_code : {0, 3}) {
        Life life;
        life.run();
        life.start_pod();
        life.run();
        life.end_pod(exit_code, exit_code == 0 ? "Completed" : "Error");
        life.run();
        const Json status = project(life);
        EXPECT_EQ(condition_of(status, "Finished")["status"], "True");
        EXPECT_EQ(condition_of(status, "LineageRecorded")["status"], "True");
        EXPECT_EQ(condition_of(status, "Succeeded")["status"], exit_code == 0 ? "True" : "False");
        EXPECT_EQ(condition_of(status, "Failed")["status"], exit_code == 0 ? "False" : "True");
    }
}

// Committed is not yet recorded: it is numbered later, and may then not be readable.
TEST(StatusOf, CallsTheRecordCompleteOnlyWhenItCanBeRead) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.end_pod(0, "Completed");
    life.run();
    life.observation.history.recorded = {.numbered = false, .unread = 0};
    Json condition = condition_of(project(life), "LineageRecorded");
    EXPECT_EQ(condition["status"], "Unknown");
    EXPECT_EQ(condition["reason"], "BeingNumbered");
    EXPECT_LE(life.look().look_again, std::chrono::seconds(2)); // nobody calls when it is
    life.observation.history.recorded = {.numbered = true, .unread = 1};
    condition = condition_of(project(life), "LineageRecorded");
    EXPECT_EQ(condition["status"], "False");
    EXPECT_EQ(condition["reason"], "RecordNotReadable");
    life.observation.history.recorded = {.numbered = true, .unread = 0};
    EXPECT_EQ(condition_of(project(life), "LineageRecorded")["status"], "True");
}

// What the attempts noticed so far is not what a trace tells: of the Experiment's own acts it has
// gaps that no attempt knows, and alike ones of several attempts are one.
TEST(StatusOf, CountsTheGapsOfTheRecordOnceItCanBeRead) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.end_pod(0, "Completed");
    life.run();
    life.attempt().gaps = 5;
    life.observation.history.recorded = {.numbered = false};
    EXPECT_FALSE(project(life).contains("gaps"));
    life.observation.history.recorded = {.numbered = true, .gaps = 2};
    EXPECT_EQ(project(life)["gaps"], 2);
    life.observation.history.recorded = {.numbered = true, .gaps = 0};
    EXPECT_EQ(project(life)["gaps"], 0);
}

TEST(StatusOf, CutsLongWordsBetweenCharacters) {
    Life life;
    std::string words;
    while (words.size() < 5000) {
        words += "\u00e4\u20ac";
    }
    life.observation.missing = {{"SecretMissing", words}};
    life.run();
    const std::string message = project(life)["message"];
    EXPECT_LE(message.size(), message_characters_max);
    EXPECT_THAT(message, EndsWith("..."));
    EXPECT_NO_THROW(Json(message).dump()); // valid UTF-8
}

TEST(StatusOf, StaysSmallAfterManyAttempts) {
    Life life;
    life.run();
    for (int i = 0; i < 8; ++i) {
        life.start_pod();
        life.run();
        life.pod().facts.conditions = {{"DisruptionTarget", "True", "Preempted", "again"}};
        life.end_pod(137, "Error");
        life.run();
        life.observation.now += std::chrono::minutes(10);
        life.run();
    }
    const Json status = project(life);
    EXPECT_GT(status["attempts"], 5);
    EXPECT_LT(status.dump().size(), 8192U);
}

} // namespace
} // namespace pedigree::experiment

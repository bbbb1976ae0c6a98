#include <gtest/gtest.h>

#include "tests/unit/trackers/clearml/calls.h"
#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

Json task_of(Endpoint& endpoint, const std::string& id) {
    return ask(endpoint, "tasks.get_by_id", {{"task", id}})["task"];
}

TEST(ClearmlTask, IsToldBackAsItWasSet) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    const Json set{{"task", id},
                   {"force", true},
                   {"tags", {"ü", "a"}},
                   {"comment", "c"},
                   {"script", {{"diff", "print(1)\n"}, {"binary", "python3"}}},
                   {"runtime", {{"progress", "0"}}},
                   {"hyperparams", {{"Args", {{"n", {{"value", "3"}}}}}}}};
    EXPECT_EQ(ask(endpoint, "tasks.edit", set)["updated"], 1);
    ask(endpoint, "tasks.set_requirements", {{"task", id}, {"requirements", {{"pip", "numpy"}}}});
    const Json task = task_of(endpoint, id);
    EXPECT_EQ(task["tags"], set["tags"]);
    EXPECT_EQ(task["comment"], "c");
    EXPECT_EQ(task["hyperparams"], set["hyperparams"]);
    EXPECT_EQ(task["script"]["diff"], "print(1)\n");
    EXPECT_EQ(task["script"]["requirements"]["pip"], "numpy");
    EXPECT_EQ(task["status"], "in_progress");
    // What the SDK goes into without asking.
    EXPECT_TRUE(task["output"].is_object());
    EXPECT_TRUE(task["execution"]["artifacts"].is_array());
    EXPECT_TRUE(task["models"]["output"].is_array());
    EXPECT_TRUE(task["system_tags"].is_array());
}

TEST(ClearmlTask, TakesNoFieldOfAnotherTypeAndNoneThatFollowsFromOtherCalls) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    ask(endpoint, "tasks.edit",
        {{"task", id},
         {"name", 7},
         {"tags", "a"},
         {"script", {1, 2}},
         {"models", 5},
         {"status", "published"},
         {"id", "x"},
         {"last_iteration", 9},
         {"project", "nowhere"}});
    const Json task = task_of(endpoint, id);
    EXPECT_EQ(task["name"], "first");
    EXPECT_EQ(task["tags"], Json::array());
    EXPECT_EQ(task["script"], Json::object());
    EXPECT_EQ(task["status"], "in_progress");
    EXPECT_EQ(task["id"], id);
    EXPECT_EQ(task["last_iteration"], 0);
    EXPECT_EQ(endpoint.book().task_project_name(*endpoint.book().task(id)), "mnist/sub");
}

TEST(ClearmlTask, OneThatIsNotOfThisPodIsAnInvalidTaskId) {
    Endpoint endpoint(Settings{});
    for (const char* name : {"tasks.get_by_id", "tasks.edit", "tasks.started", "tasks.completed",
                             "tasks.reset", "tasks.ping", "tasks.set_requirements",
                             "tasks.add_or_update_artifacts", "tasks.edit_hyper_params"}) {
        EXPECT_EQ(ask(endpoint, name, {{"task", "0123"}})["refused"], 101) << name;
        EXPECT_EQ(ask(endpoint, name, {{"task", {1}}})["refused"], 101) << name;
    }
    EXPECT_EQ(ask(endpoint, "tasks.create", {{"project", "p"}})["refused"], 12);
}

TEST(ClearmlTask, StandsAsTheScriptSaid) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    const Json failed =
        ask(endpoint, "tasks.failed", {{"task", id}, {"status_reason", "Exception boom"}});
    EXPECT_EQ(failed["fields"]["status"], "failed");
    EXPECT_EQ(endpoint.book().task(id)->status_reason, "Exception boom");
    EXPECT_EQ(ask(endpoint, "tasks.completed", {{"task", id}})["refused"], 110);
    EXPECT_EQ(endpoint.book().task(id)->status, TaskStatus::Failed);
    ask(endpoint, "tasks.completed", {{"task", id}, {"force", true}});
    EXPECT_EQ(task_of(endpoint, id)["status"], "completed");
    EXPECT_EQ(ask(endpoint, "tasks.started", {{"task", id}})["started"], 1);
    EXPECT_EQ(task_of(endpoint, id)["status"], "in_progress");
    EXPECT_EQ(ask(endpoint, "tasks.stopped", {{"task", id}})["updated"], 1);
    EXPECT_EQ(task_of(endpoint, id)["status"], "stopped");
    EXPECT_EQ(ask(endpoint, "tasks.ping", {{"task", id}}), Json::object());
}

TEST(ClearmlTask, AResetKeepsWhatWasSeen) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    push(endpoint, {scalar(id, 0, 1), scalar(id, 1, 2)});
    EXPECT_EQ(ask(endpoint, "tasks.reset", {{"task", id}, {"force", true}})["deleted_models"], 0);
    EXPECT_EQ(task_of(endpoint, id)["status"], "created");
    EXPECT_EQ(task_of(endpoint, id)["last_iteration"], 0);
    push(endpoint, {scalar(id, 0, 1)});
    EXPECT_EQ(endpoint.book().task(id)->metrics.at("loss/train").summary().count, 2);
    EXPECT_EQ(endpoint.book().task(id)->resets, 1);
}

TEST(ClearmlTask, IsFoundByWhatTheSdkAsksFor) {
    Endpoint endpoint(Settings{});
    const std::string first = start_task(endpoint, "a.b (1)");
    const std::string second = start_task(endpoint, "other");
    const auto found = [&](const Json& filter) {
        return ask(endpoint, "tasks.get_all", filter)["tasks"].size();
    };
    EXPECT_EQ(found(Json::object()), 2U);
    EXPECT_EQ(found({{"id", {first}}}), 1U);
    EXPECT_EQ(found({{"id", {"nowhere"}}}), 0U);
    EXPECT_EQ(found({{"name", "^a\\.b \\(1\\)$"}, {"system_tags", {"-archived"}}}), 1U);
    EXPECT_EQ(found({{"name", "^a$"}}), 0U);
    EXPECT_EQ(found({{"name", "the"}, {"status", {"in_progress"}}}), 1U);
    EXPECT_EQ(found({{"status", {"completed"}}}), 0U);
    const Json refused = ask(endpoint, "tasks.get_all", {{"tags", {"best"}}});
    EXPECT_EQ(refused["refused"], 1);
    EXPECT_EQ(ask(endpoint, "tasks.get_all", {{"_any_", {{"pattern", "x"}}}})["refused"], 1);
    ask(endpoint, "tasks.delete", {{"task", second}});
    EXPECT_EQ(found(Json::object()), 1U);
    EXPECT_EQ(endpoint.book().tasks.size(), 2U);
}

TEST(ClearmlTask, ATextBeyondWhatThereIsRoomForStaysAsItWas) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    ask(endpoint, "tasks.edit", {{"task", id}, {"comment", "short"}});
    const std::string large(clearml_texts_bytes_max, 'x');
    EXPECT_EQ(ask(endpoint, "tasks.edit", {{"task", id}, {"comment", large}})["updated"], 1);
    EXPECT_EQ(task_of(endpoint, id)["comment"], "short");
    EXPECT_EQ(endpoint.book().task(id)->texts_left_out, 1);
    // What is replaced makes room.
    const std::string half(clearml_texts_bytes_max / 2, 'x');
    for (int i = 0; i < 2; ++i) {
        ask(endpoint, "tasks.edit", {{"task", id}, {"comment", half}});
    }
    EXPECT_EQ(endpoint.book().task(id)->texts_left_out, 1);
}

TEST(ClearmlTask, ThereAreSoManyAndNotMore) {
    Endpoint endpoint(Settings{});
    for (std::size_t i = 0; i < clearml_tasks_max; ++i) {
        ask(endpoint, "tasks.create", {{"name", "t"}});
    }
    const Json refused = ask(endpoint, "tasks.create", {{"name", "t"}});
    EXPECT_EQ(refused["refused"], 12);
    EXPECT_EQ(refused["message"], "pedigree: a pod may have 1000 tasks");
}

} // namespace
} // namespace pedigree::trackers::clearml

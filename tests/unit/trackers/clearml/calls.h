#pragma once
// Calls to an Endpoint as the SDK makes them, for the tests of this folder.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/json_text.h"
#include "trackers/clearml/endpoint.h"

namespace pedigree::trackers::clearml {

inline Reply raw(Endpoint& endpoint, const std::string& name, std::string_view body) {
    return endpoint.answer({"POST", "/api/v2.23/" + name, body, {}});
}

// `data` of the answer, or {"refused": subcode, "message"}.
inline Json ask(Endpoint& endpoint, const std::string& name, const Json& body) {
    const Reply reply = raw(endpoint, name, json_text(body));
    const Json answer = *parse_json(reply.body);
    EXPECT_EQ(answer["meta"]["result_code"], reply.status);
    EXPECT_EQ(answer["meta"]["endpoint"]["name"], name);
    return reply.status == 200 ? answer["data"]
                               : Json{{"refused", answer["meta"]["result_subcode"]},
                                      {"message", answer["meta"]["result_msg"]}};
}

// A task as Task.init makes it and begins it; its id.
inline std::string start_task(Endpoint& endpoint, const std::string& name = "first") {
    const Json project = ask(endpoint, "projects.create", {{"name", "mnist/sub"}});
    const Json task = ask(endpoint, "tasks.create",
                          {{"name", name},
                           {"type", "training"},
                           {"system_tags", {"development"}},
                           {"project", project["id"]},
                           {"method", "post"}});
    ask(endpoint, "tasks.started", {{"task", task["id"]}, {"force", false}});
    return task["id"];
}

inline Json scalar(const std::string& task, const Json& iteration, const Json& value,
                   const std::string& variant = "train") {
    return {{"type", "training_stats_scalar"},
            {"task", task},
            {"iter", iteration},
            {"metric", "loss"},
            {"variant", variant},
            {"value", value},
            {"timestamp", 1}};
}

inline Json push(Endpoint& endpoint, const std::vector<Json>& events) {
    std::string lines;
    for (const Json& event : events) {
        lines += json_text(event) + "\n";
    }
    const Reply reply = raw(endpoint, "events.add_batch", lines);
    EXPECT_EQ(reply.status, 200);
    return (*parse_json(reply.body))["data"];
}

} // namespace pedigree::trackers::clearml

#pragma once
// Calls to an Endpoint as an SDK makes them, for the tests of this folder.

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/json_text.h"
#include "trackers/wandb/endpoint.h"

namespace pedigree::trackers::wandb {

// The whole answer: {"data": ..} or {"data": null, "errors": [..]}.
inline Json ask(Endpoint& endpoint, const std::string& kind_and_name, const Json& variables) {
    const std::string body =
        json_text(Json{{"query", kind_and_name + " {x}"}, {"variables", variables}});
    const Reply reply = endpoint.answer({"POST", "/graphql", body, {}});
    return reply.status == 200 ? *parse_json(reply.body) : Json{{"status", reply.status}};
}

// A run "r" of project "p", as the first call of a process makes it.
inline Run& start_run(Endpoint& endpoint, const std::string& id = "r") {
    ask(endpoint, "mutation UpsertBucket",
        {{"name", id},
         {"project", "p"},
         {"host", "pod"},
         {"displayName", "shown"},
         {"groupName", "g"},
         {"tags", {"a", "b"}},
         {"commit", "0123"},
         {"config", R"({"lr":{"value":0.1},"_wandb":{"value":{"cli_version":"0.31.0"}}})"}});
    return *endpoint.runs().find("p", id);
}

inline Json push(Endpoint& endpoint, std::string_view body, const std::string& id = "r") {
    const Reply reply =
        endpoint.answer({"POST", "/files/pedigree/p/" + id + "/file_stream", body, {}});
    return reply.status == 200 ? *parse_json(reply.body) : Json{{"status", reply.status}};
}

// A push of rows {"loss": step, "_step": step}, from this line on.
inline std::string rows_push(std::int64_t offset, std::int64_t first, std::int64_t end,
                             double time = 1000) {
    Json lines = Json::array();
    for (std::int64_t step = first; step < end; ++step) {
        lines.push_back(json_text(Json{
            {"loss", step}, {"_step", step}, {"_timestamp", time + static_cast<double>(step)}}));
    }
    return json_text(
        Json{{"files", {{"wandb-history.jsonl", {{"offset", offset}, {"content", lines}}}}}});
}

} // namespace pedigree::trackers::wandb

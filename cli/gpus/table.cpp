#include "cli/gpus/table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/time_text.h"

namespace pedigree::cli {

namespace {

Json word_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

std::string since_text(const GpuHold& hold, Instant now) {
    return hold.since
               ? age_text(std::chrono::duration_cast<std::chrono::seconds>(now - *hold.since))
               : "";
}

std::string attempt_text(const GpuHold& hold) {
    return hold.attempt.empty() ? "" : fmt::format("{}/{}", hold.trial, hold.attempt);
}

std::string state_text(const GpuNode& node) {
    return node.takes_pods ? "ready" : "takes no pods";
}

} // namespace

Table gpu_hold_table(const GpuUsage& usage, bool wide, Instant now) {
    Table table{{"NAMESPACE", "EXPERIMENT", "ATTEMPT", "GPUS", "NODE", "SINCE"}, {}};
    table.named_by = 2;
    if (wide) {
        table.header.insert(table.header.end(), {"POD", "RESOURCE"});
    }
    for (const GpuHold& hold : usage.holds) {
        const bool ours = !hold.experiment.empty();
        std::vector<Cell> row{{hold.name_space},
                              {ours ? hold.experiment : "(pod " + hold.pod + ")"},
                              {attempt_text(hold)},
                              {std::to_string(hold.gpus)},
                              {hold.is_waiting() ? "(waiting)" : hold.node,
                               hold.is_waiting() ? Colour::Yellow : Colour::None},
                              {since_text(hold, now)}};
        if (wide) {
            row.insert(row.end(), {{hold.pod}, {hold.resource}});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table gpu_node_table(const GpuUsage& usage, bool wide) {
    Table table{{"NODE", "PRODUCT", "GPUS", "HELD", "FREE", "STATE"}, {}};
    if (wide) {
        table.header.emplace_back("RESOURCE");
    }
    for (const GpuNode& node : usage.nodes) {
        const auto known = [&](std::int64_t number) {
            return usage.everywhere ? std::to_string(number) : std::string("?");
        };
        std::vector<Cell> row{
            {node.name},        {node.product},       {std::to_string(node.allocatable)},
            {known(node.held)}, {known(node.free())}, {state_text(node)}};
        if (wide) {
            row.push_back({node.resource});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string gpu_summary(const GpuUsage& usage) {
    std::int64_t held = 0, waiting = 0, all = 0, free = 0;
    for (const GpuHold& hold : usage.holds) {
        (hold.is_waiting() ? waiting : held) += hold.gpus;
    }
    for (const GpuNode& node : usage.nodes) {
        all += node.allocatable;
        free += node.free();
    }
    const bool whole = usage.nodes_known && usage.everywhere;
    return whole ? fmt::format("{} of {} GPUs are held, {} free, {} waited for", held, all, free,
                               waiting)
                 : fmt::format("{} GPUs are held, {} waited for", held, waiting);
}

Json gpu_usage_json(const GpuUsage& usage) {
    Json document{{"everywhere", usage.everywhere}, {"items", Json::array()}, {"nodes", Json()}};
    for (const GpuHold& hold : usage.holds) {
        document["items"].push_back({{"namespace", hold.name_space},
                                     {"experiment", word_or_null(hold.experiment)},
                                     {"trial", word_or_null(hold.trial)},
                                     {"attempt", word_or_null(hold.attempt)},
                                     {"pod", hold.pod},
                                     {"node", word_or_null(hold.node)},
                                     {"resource", hold.resource},
                                     {"gpus", hold.gpus},
                                     {"since", hold.since ? Json(to_text(*hold.since)) : Json()}});
    }
    if (usage.nodes_known) {
        document["nodes"] = Json::array();
        for (const GpuNode& node : usage.nodes) {
            const auto known = [&](std::int64_t number) {
                return usage.everywhere ? Json(number) : Json();
            };
            document["nodes"].push_back({{"name", node.name},
                                         {"product", word_or_null(node.product)},
                                         {"resource", node.resource},
                                         {"allocatable", node.allocatable},
                                         {"held", known(node.held)},
                                         {"free", known(node.free())},
                                         {"takesPods", node.takes_pods}});
        }
    }
    return document;
}

} // namespace pedigree::cli

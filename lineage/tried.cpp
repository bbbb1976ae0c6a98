#include "lineage/tried.h"

#include <algorithm>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "lineage/answer_node.h"
#include "lineage/tried_entry.h"

namespace pedigree::lineage {
namespace {

using records::NodeKind;

constexpr int content_steps_max = 3; // from a file to its folder to the attempt

// What the section speaks of: a trial and the Experiment that planned it, or an Experiment alone.
struct Subject {
    std::optional<Place> trial;
    Place spec;
};

const GraphEdge* cause_of(const Walk& walk, NodeId effect, std::string_view relation,
                          NodeKind kind) {
    const auto found =
        std::find_if(walk.edges().begin(), walk.edges().end(), [&](const GraphEdge& edge) {
            return edge.effect == effect && edge.relation == relation && edge.cause_kind == kind;
        });
    return found == walk.edges().end() ? nullptr : &*found;
}

// The attempt that made the bytes, or the folder that they are a file of.
std::optional<NodeId> attempt_behind(const Walk& walk, NodeId node) {
    for (int step = 0; step < content_steps_max; ++step) {
        if (const auto* made = cause_of(walk, node, "GeneratedBy", NodeKind::Attempt)) {
            return made->cause;
        }
        const auto folder =
            std::find_if(walk.edges().begin(), walk.edges().end(), [&](const GraphEdge& edge) {
                return edge.effect == node && edge.relation == "PartOf" &&
                       is_content(edge.cause_kind);
            });
        if (folder == walk.edges().end()) {
            break;
        }
        node = folder->cause;
    }
    return std::nullopt;
}

std::optional<Subject> subject_of(const Walk& walk, const Place& root) {
    if (root.kind == NodeKind::ExperimentSpec) {
        return Subject{std::nullopt, root};
    }
    std::optional<NodeId> trial;
    if (root.kind == NodeKind::Trial) {
        trial = root.node;
    } else {
        const auto attempt =
            root.kind == NodeKind::Attempt ? root.node : attempt_behind(walk, root.node);
        const auto* part = attempt ? cause_of(walk, *attempt, "PartOf", NodeKind::Trial) : nullptr;
        trial = part ? std::optional(part->cause) : std::nullopt;
    }
    const auto* planned =
        trial ? cause_of(walk, *trial, "PlannedBy", NodeKind::ExperimentSpec) : nullptr;
    if (planned == nullptr) {
        return std::nullopt;
    }
    return Subject{Place{*trial, planned->scope, NodeKind::Trial},
                   Place{planned->cause, planned->scope, NodeKind::ExperimentSpec}};
}

struct TriedNode {
    std::string id;
    Json attributes = Json::object();
};

// In the order of the places.
Result<std::vector<TriedNode>> describe(GraphReader& reader, const std::vector<Place>& places) {
    std::vector<NodeId> ids;
    for (const Place& place : places) {
        ids.push_back(place.node);
    }
    std::map<NodeId, Json> nodes;
    TRY(const auto found, reader.with_ids(ids));
    for (const FoundNode& node : found) {
        nodes[node.id] = answer_node(node);
    }
    TRY(const auto attributes, reader.attributes(places));
    for (const FoundAttribute& attribute : attributes) {
        add_attribute(nodes[attribute.node], attribute);
    }
    std::vector<TriedNode> described;
    for (const Place& place : places) {
        const Json& node = nodes[place.node];
        described.push_back({string_or(node, "id"), at_path(node, {"attributes"})});
    }
    return described;
}

// Cuts the list, and says so.
void keep(Json& list, std::size_t count, Json& truncated) {
    if (list.size() > count) {
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(count), list.end());
        truncated = true;
    }
}

Status add_trials(GraphReader& reader, const Subject& subject, Json& section) {
    TRY(const auto edges,
        reader.edges({subject.spec}, Direction::Descendants, tried_siblings_max + 1));
    std::vector<Place> places{*subject.trial};
    for (const GraphEdge& edge : edges) {
        const bool other = edge.effect != subject.trial->node;
        if (edge.effect_kind == NodeKind::Trial && edge.shown && other) {
            places.push_back({edge.effect, edge.scope, NodeKind::Trial});
        }
    }
    TRY(const auto described, describe(reader, places));
    const TriedNode& own = described.front();
    const std::int64_t number = integer_or(own.attributes, "number");
    std::vector<Json> trials;
    for (const TriedNode& trial : described) {
        if (integer_or(trial.attributes, "number") < number) {
            trials.push_back(
                tried_trial(trial.id, trial.attributes, parameters_of(own.attributes)));
        }
    }
    order_best_first(trials, string_or(section, "goal"));
    section["of"] = own.id;
    section["counts"] = counts_by_state(trials);
    section["trials"] = trials;
    section["truncated"] = edges.size() > tried_siblings_max;
    keep(section["trials"], tried_trials_max, section["truncated"]);
    return {};
}

Status add_experiments(GraphReader& reader, const Place& spec, Json& section) {
    TRY(const auto places, reader.experiments_before(spec, tried_experiments_max + 1));
    TRY(const auto described, describe(reader, places));
    for (const TriedNode& experiment : described) {
        section["experiments"].push_back(tried_experiment(experiment.id, experiment.attributes));
    }
    keep(section["experiments"], tried_experiments_max, section["truncated"]);
    return {};
}

} // namespace

Result<Json> tried_before(GraphReader& reader, const Walk& walk, const Place& root) {
    const auto subject = subject_of(walk, root);
    if (!subject) {
        return Json();
    }
    TRY(const auto described, describe(reader, {subject->spec}));
    const Json& attributes = described.front().attributes;
    const Json spec = parse_json(string_or(attributes, "spec", "null")).value_or(Json());
    const Json& objective = at_path(spec, {"search", "objective"});
    Json section{{"experiment", string_or(attributes, "name")},
                 {"project", string_or(attributes, "project")},
                 {"metric", string_or(objective, "metric")},
                 {"goal", string_or(objective, "goal")},
                 {"counts", Json::object()},
                 {"trials", Json::array()},
                 {"experiments", Json::array()},
                 {"truncated", false}};
    if (subject->trial) {
        TRY(add_trials(reader, *subject, section));
    }
    TRY(add_experiments(reader, subject->spec, section));
    return section;
}

} // namespace pedigree::lineage

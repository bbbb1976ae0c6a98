#include "cli/lineage/ancestry.h"

#include <nlohmann/json.hpp>

namespace pedigree::cli {

namespace {

class Graph {
  public:
    explicit Graph(const Json& answer) : answer_(answer) {
        for (const Json& node : at_path(answer, {"nodes"})) {
            nodes_.emplace(string_or(node, "id"), &node);
        }
    }

    const Json& node(const std::string& id) const {
        static const Json none;
        const auto found = nodes_.find(id);
        return found == nodes_.end() ? none : *found->second;
    }
    std::string attribute(const std::string& id, std::string_view name) const {
        return string_or(at_path(node(id), {"attributes"}), name);
    }
    std::string digest(const std::string& id) const { return string_or(node(id), "digest"); }

    // All ends of the edges from (or to) a node, of one relation and of one kind; empty: any kind.
    enum class End { Cause, Effect };
    std::vector<std::string> ends(End end, const std::string& id, std::string_view relation,
                                  std::string_view kind = "") const {
        std::vector<std::string> found;
        for (const Json& edge : at_path(answer_, {"edges"})) {
            const std::string here = string_or(edge, end == End::Cause ? "from" : "to");
            const std::string there = string_or(edge, end == End::Cause ? "to" : "from");
            if (here == id && string_or(edge, "relation") == relation &&
                (kind.empty() || string_or(node(there), "kind") == kind)) {
                found.push_back(there);
            }
        }
        return found;
    }
    // The first; empty: there is none.
    std::string end(End which, const std::string& id, std::string_view relation,
                    std::string_view kind) const {
        const auto found = ends(which, id, relation, kind);
        return found.empty() ? "" : found.front();
    }
    std::string cause(const std::string& id, std::string_view relation,
                      std::string_view kind) const {
        return end(End::Cause, id, relation, kind);
    }
    std::string effect(const std::string& id, std::string_view relation,
                       std::string_view kind) const {
        return end(End::Effect, id, relation, kind);
    }

  private:
    const Json& answer_;
    std::map<std::string, const Json*> nodes_;
};

// The acts behind the root, by node id.
struct Acts {
    std::string attempt, trial, spec, build, resolve, image;
};

Acts acts_behind(const Graph& graph, const std::string& root) {
    Acts acts;
    const std::string kind = string_or(graph.node(root), "kind");
    if (kind == "ExperimentSpec") {
        acts.spec = root;
        acts.resolve = graph.effect(root, "PlannedBy", "Resolve");
        acts.build = graph.effect(acts.resolve, "Follows", "ImageBuild");
        acts.image = graph.effect(acts.build, "GeneratedBy", "Image");
        return acts;
    }
    std::string made = root;
    if (const std::string folder = graph.cause(root, "PartOf", "Model"); !folder.empty()) {
        made = folder; // a file of a model
    }
    acts.attempt = kind == "Attempt" ? root : graph.cause(made, "GeneratedBy", "Attempt");
    acts.trial = graph.cause(acts.attempt, "PartOf", "Trial");
    acts.spec = graph.cause(acts.trial, "PlannedBy", "ExperimentSpec");
    acts.build = graph.cause(acts.attempt, "Follows", "ImageBuild");
    acts.resolve = graph.cause(acts.build, "Follows", "Resolve");
    acts.image = graph.cause(acts.attempt, "Used", "Image");
    return acts;
}

Json document_in(const Graph& graph, const std::string& id, std::string_view name) {
    return parse_json(graph.attribute(id, name)).value_or(Json());
}

// What the search varies has the trial's value, or none: the spec's is that of the first trial.
Scalars parameters_of(const Json& spec, const Json& proposed) {
    Scalars parameters = scalars_from(at_path(spec, {"parameters"}));
    for (const Json& dimension : at_path(spec, {"search", "space"})) {
        parameters.erase(string_or(dimension, "name"));
    }
    for (const auto& [name, value] : scalars_from(proposed)) {
        parameters[name] = value;
    }
    return parameters;
}

std::map<std::string, std::string> inputs_of(const Graph& graph, const Acts& acts,
                                             const Json& spec) {
    std::map<std::string, std::string> inputs;
    for (const Json& declared : at_path(spec, {"inputs"})) {
        inputs[string_or(declared, "name")] = string_or(declared, "digest");
    }
    for (const std::string_view kind : {"Dataset", "Model", "Checkpoint"}) {
        for (const std::string& id : graph.ends(Graph::End::Cause, acts.attempt, "Used", kind)) {
            inputs[graph.attribute(id, "name")] = graph.digest(id); // as it was verified
        }
    }
    return inputs;
}

} // namespace

Ancestry ancestry_from(const Json& answer) {
    const Graph graph(answer);
    const Acts acts = acts_behind(graph, string_or(answer, "root"));
    const Json spec = document_in(graph, acts.spec, "spec");
    Ancestry ancestry;
    ancestry.attempt = string_or(graph.node(acts.attempt), "uid");
    ancestry.experiment = graph.attribute(acts.spec, "name");
    ancestry.experiment_uid = string_or(graph.node(acts.spec), "uid");
    ancestry.project = graph.attribute(acts.spec, "project");
    ancestry.trial = integer_or(at_path(graph.node(acts.trial), {"attributes"}), "number");
    ancestry.parameters = parameters_of(spec, document_in(graph, acts.trial, "parameters"));
    const Json& seed = at_path(spec, {"seed"});
    ancestry.seed = seed.is_null() ? "" : scalar_from(seed).text;
    ancestry.requester = graph.attribute(graph.cause(acts.spec, "RequestedBy", "Person"), "name");
    ancestry.commit = graph.digest(graph.cause(acts.resolve, "Used", "GitCommit"));
    ancestry.tree = graph.digest(graph.cause(acts.resolve, "Used", "RepoTree"));
    ancestry.lock = graph.digest(graph.cause(acts.resolve, "Used", "Lockfile"));
    ancestry.base = graph.digest(graph.cause(acts.build, "Used", "BaseImage"));
    ancestry.image = graph.digest(acts.image);
    ancestry.inputs = inputs_of(graph, acts, spec);
    ancestry.outcome = graph.attribute(acts.spec, "outcome");
    ancestry.truncated = bool_or(answer, "truncated");
    return ancestry;
}

Scalars metrics_from(const Json& answer) {
    const Graph graph(answer);
    return scalars_from(document_in(graph, string_or(answer, "root"), "metrics"));
}

} // namespace pedigree::cli

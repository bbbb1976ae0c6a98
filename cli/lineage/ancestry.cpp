#include "cli/lineage/ancestry.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/terminal.h"
#include "cli/lineage/graph.h"

namespace pedigree::cli {

namespace {

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

Scalars parameters_of_trial(const Json& spec, const Json& proposed) {
    Scalars parameters = scalars_from(at_path(spec, {"parameters"}));
    for (const Json& dimension : at_path(spec, {"search", "space"})) {
        parameters.erase(string_or(dimension, "name"));
    }
    for (const auto& [name, value] : scalars_from(proposed)) {
        parameters[name] = value;
    }
    return parameters;
}

Ancestry ancestry_from(const Json& answer) {
    const Graph graph(answer);
    const Acts acts = acts_behind(graph, string_or(answer, "root"));
    const Json spec = graph.document(acts.spec, "spec");
    Ancestry ancestry;
    ancestry.attempt = string_or(graph.node(acts.attempt), "uid");
    ancestry.experiment = graph.attribute(acts.spec, "name");
    ancestry.experiment_uid = string_or(graph.node(acts.spec), "uid");
    ancestry.project = graph.attribute(acts.spec, "project");
    ancestry.trial = integer_or(at_path(graph.node(acts.trial), {"attributes"}), "number");
    ancestry.parameters = parameters_of_trial(spec, graph.document(acts.trial, "parameters"));
    ancestry.command = command_text(at_path(spec, {"command"}));
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

std::string command_text(const Json& command) {
    std::string text;
    for (const Json& word : command) {
        const std::string bare = word.is_string() ? word.get<std::string>() : "";
        const bool quoted = bare.empty() || bare.find_first_of(" \t\"'\\$") != std::string::npos;
        text += fmt::format("{}{}", text.empty() ? "" : " ", quoted ? canonical_json(word) : bare);
    }
    return printable(text);
}

std::string run_name_from(const Json& answer) {
    return Graph(answer).attribute(string_or(answer, "root"), "name");
}

Scalars run_parameters_from(const Json& answer) {
    const Graph graph(answer);
    return scalars_from(graph.document(string_or(answer, "root"), "parameters"));
}

Scalars metrics_from(const Json& answer) {
    const Graph graph(answer);
    return scalars_from(graph.document(string_or(answer, "root"), "metrics"));
}

} // namespace pedigree::cli

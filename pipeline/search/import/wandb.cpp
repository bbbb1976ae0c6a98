// A W&B sweep: https://docs.wandb.ai/models/sweeps/sweep-config-keys
#include <array>

#include "pipeline/search/import/formats.h"

namespace pedigree::search {
namespace {

using spec::child_path;

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> methods{
    {{"grid", "Grid"}, {"random", "Random"}, {"bayes", "Bayesian"}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> goals{
    {{"minimize", "Minimize"}, {"maximize", "Maximize"}}};

void import_method(const Json& document, Draft& draft) {
    const std::string method = string_or(document, "method");
    for (const auto& [theirs, ours] : methods) {
        if (method == theirs) {
            draft.document["algorithm"]["name"] = ours;
            return;
        }
    }
    draft.invalid("method", at_path(document, {"method"}), "must be grid, random or bayes");
}

void import_metric(const Json& document, Draft& draft) {
    const Json& metric = at_path(document, {"metric"});
    if (!metric.is_object()) {
        return draft.required("metric", "a search compares its trials by one");
    }
    draft.refuse_unknown(metric, "metric", {"name", "goal", "target"});
    const Json goal = metric.value("goal", Json("minimize"));
    Json& objective = draft.document["objective"];
    objective["metric"] = string_or(metric, "name");
    for (const auto& [theirs, ours] : goals) {
        if (goal == theirs) {
            objective["goal"] = ours;
        }
    }
    if (!objective.contains("goal")) {
        draft.invalid("metric.goal", goal, "must be minimize or maximize");
    }
    if (metric.contains("target")) {
        draft.warn("metric.target", "the search goes on when it is reached");
    }
}

void import_early_terminate(const Json& document, Draft& draft) {
    const std::string path = "early_terminate";
    const Json& rule = at_path(document, {path});
    if (rule.is_null()) {
        return;
    }
    if (string_or(rule, "type") != "hyperband") {
        return draft.invalid("early_terminate.type", at_path(rule, {"type"}), "must be hyperband");
    }
    draft.refuse_unknown(rule, path, {"type", "min_iter", "max_iter", "s", "eta", "strict"});
    Json& stopping = draft.document["earlyStopping"];
    stopping["name"] = "Hyperband";
    stopping["strict"] = bool_or(rule, "strict", true);
    stopping["reduction"] = compact_number(draft.number_or(rule, path, "eta", 3));
    if (rule.contains("min_iter") == rule.contains("max_iter")) {
        return draft.invalid(path, rule, "needs min_iter, or max_iter and s");
    }
    draft.copy_integer(rule, path, "min_iter", stopping, "minSteps");
    draft.copy_integer(rule, path, "max_iter", stopping, "maxSteps");
    draft.copy_integer(rule, path, "s", stopping, "bands");
}

// `prefix`: the names of the parameters around a nested `parameters`, each with a dot behind it.
void import_parameters(const Json& parameters, const std::string& path, const std::string& prefix,
                       Draft& draft) {
    if (!parameters.is_object() || parameters.empty()) {
        return draft.invalid(path, parameters, "must be a map of parameters");
    }
    for (const auto& [name, parameter] : parameters.items()) {
        const std::string at = child_path(path, name);
        if (!parameter.is_object()) {
            draft.invalid(at, parameter, "must be a map, such as {min: 0.0, max: 1.0}");
        } else if (parameter.contains("parameters")) {
            draft.refuse_unknown(parameter, at, {"parameters"});
            import_parameters(parameter["parameters"], child_path(at, "parameters"),
                              prefix + name + ".", draft);
        } else {
            add_wandb_parameter(prefix + name, parameter, at, draft);
        }
    }
}

} // namespace

Draft from_wandb(const Json& document) {
    Draft draft;
    // Where and how W&B starts what it calls runs is not the search's business.
    draft.refuse_unknown(document, "",
                         {"method", "metric", "parameters", "early_terminate", "run_cap",
                          "apiVersion", "kind", "name", "description", "program", "command",
                          "project", "entity", "job", "image_uri", "controller", "scheduler"});
    import_method(document, draft);
    import_metric(document, draft);
    draft.document["space"] = Json::array();
    import_parameters(at_path(document, {"parameters"}), "parameters", "", draft);
    import_early_terminate(document, draft);
    draft.document["maxTrials"] = unlimited_trials;
    draft.copy_integer(document, "", "run_cap", draft.document, "maxTrials");
    return draft;
}

} // namespace pedigree::search

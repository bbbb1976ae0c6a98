// A Katib Experiment (kubeflow.org/v1beta1): https://www.kubeflow.org/docs/components/katib/
// Numbers stand in it as strings.
#include <array>
#include <cmath>

#include "pipeline/search/import/formats.h"

namespace pedigree::search {
namespace {

using spec::child_path;
using spec::item_path;

// Katib's suggestion services give a normal distribution its middle, and 3 deviations either side.
constexpr double deviations_in_range = 6;

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> algorithms{
    {{"random", "Random"},
     {"grid", "Grid"},
     {"sobol", "Sobol"},
     {"tpe", "Tpe"},
     {"multivariate-tpe", "Tpe"},
     {"bayesianoptimization", "Bayesian"},
     {"cmaes", "Bayesian"}}};

void import_objective(const Json& spec, Draft& draft) {
    const Json& objective = at_path(spec, {"objective"});
    const std::string type = string_or(objective, "type");
    if (type != "maximize" && type != "minimize") {
        return draft.invalid("spec.objective.type", type, "must be maximize or minimize");
    }
    draft.document["objective"] = {{"metric", string_or(objective, "objectiveMetricName")},
                                   {"goal", type == "maximize" ? "Maximize" : "Minimize"}};
    if (objective.contains("goal")) {
        draft.warn("spec.objective.goal", "the search goes on when it is reached");
    }
}

// The settings by name; those of Katib's own services are not ours.
Json settings_of(const Json& owner) {
    Json settings = Json::object();
    for (const Json& each : at_path(owner, {"algorithmSettings"})) {
        settings[string_or(each, "name")] = at_path(each, {"value"});
    }
    return settings;
}

void import_algorithm(const Json& spec, Draft& draft) {
    const Json& algorithm = at_path(spec, {"algorithm"});
    const std::string path = "spec.algorithm";
    const std::string name = string_or(algorithm, "algorithmName");
    for (const auto& [theirs, ours] : algorithms) {
        if (name == theirs) {
            draft.document["algorithm"]["name"] = ours;
        }
    }
    if (!draft.document.contains("algorithm")) {
        return draft.invalid("spec.algorithm.algorithmName", name,
                             "a search has random, grid, sobol, tpe, multivariate-tpe, "
                             "bayesianoptimization and, as the last, cmaes");
    }
    if (name == "cmaes") {
        draft.warn("spec.algorithm.algorithmName", "cmaes becomes Bayesian");
    }
    const Json settings = settings_of(algorithm);
    const char* seed = settings.contains("random_state") ? "random_state" : "seed";
    draft.copy_integer(settings, child_path(path, "algorithmSettings"), seed,
                       draft.document["algorithm"], "seed");
}

void import_early_stopping(const Json& spec, Draft& draft) {
    const Json& rule = at_path(spec, {"earlyStopping"});
    if (rule.is_null()) {
        return;
    }
    const std::string path = "spec.earlyStopping";
    if (string_or(rule, "algorithmName") != "medianstop") {
        return draft.invalid(child_path(path, "algorithmName"), at_path(rule, {"algorithmName"}),
                             "must be medianstop");
    }
    const std::string settings_path = child_path(path, "algorithmSettings");
    const Json settings = settings_of(rule);
    draft.refuse_unknown(settings, settings_path, {"min_trials_required", "start_step"});
    Json& stopping = draft.document["earlyStopping"];
    stopping["name"] = "Median";
    draft.copy_integer(settings, settings_path, "min_trials_required", stopping, "minTrials");
    draft.copy_integer(settings, settings_path, "start_step", stopping, "minSteps");
}

void set_distribution(const Json& feasible, const std::string& path, Json& dimension,
                      Draft& draft) {
    const std::string word = string_or(feasible, "distribution", "uniform");
    const bool log = word == "logUniform" || word == "logNormal";
    double low = dimension["min"].get<double>();
    double high = dimension["max"].get<double>();
    if (log) {
        dimension["scale"] = "Log";
        low = std::log(low);
        high = std::log(high);
    }
    if (word == "normal" || word == "logNormal") {
        dimension["prior"] = {{"type", log ? "LogNormal" : "Normal"},
                              {"mean", (low + high) / 2},
                              {"deviation", (high - low) / deviations_in_range}};
    } else if (word != "uniform" && word != "logUniform") {
        draft.invalid(child_path(path, "distribution"), word,
                      "must be uniform, logUniform, normal or logNormal");
    }
}

void import_range(const Json& feasible, const std::string& path, Json dimension, Draft& draft) {
    const auto minimum = draft.number(feasible, path, "min");
    const auto maximum = draft.number(feasible, path, "max");
    if (!minimum || !maximum) {
        return;
    }
    dimension["min"] = compact_number(*minimum);
    dimension["max"] = compact_number(*maximum);
    if (feasible.contains("step")) {
        dimension["step"] = compact_number(draft.number_or(feasible, path, "step", 1));
    }
    set_distribution(feasible, path, dimension, draft);
    draft.document["space"].push_back(std::move(dimension));
}

// Discrete values are numbers in strings, categorical ones stay strings.
void import_list(const Json& feasible, const std::string& path, Json dimension, Draft& draft) {
    const Json& list = at_path(feasible, {"list"});
    if (!list.is_array()) {
        return draft.required(child_path(path, "list"), "needs a list");
    }
    dimension["values"] = list;
    for (std::size_t i = 0; dimension["type"] == "Discrete" && i < list.size(); ++i) {
        const auto number = draft.number_in(list[i], item_path(child_path(path, "list"), i));
        dimension["values"][i] = compact_number(number.value_or(0));
    }
    draft.document["space"].push_back(std::move(dimension));
}

void import_parameter(const Json& parameter, const std::string& path, Draft& draft) {
    const Json& feasible = at_path(parameter, {"feasibleSpace"});
    const std::string at = child_path(path, "feasibleSpace");
    const std::string type = string_or(parameter, "parameterType");
    const std::string name = string_or(parameter, "name");
    if (type == "double" || type == "int") {
        import_range(feasible, at, {{"name", name}, {"type", type == "int" ? "Int" : "Float"}},
                     draft);
    } else if (type == "discrete" || type == "categorical") {
        import_list(feasible, at,
                    {{"name", name}, {"type", type == "discrete" ? "Discrete" : "Categorical"}},
                    draft);
    } else {
        draft.invalid(child_path(path, "parameterType"), type,
                      "must be double, int, discrete or categorical");
    }
}

} // namespace

Draft from_katib(const Json& document) {
    constexpr std::int64_t parallel_default = 3; // Katib's
    Draft draft;
    const Json& spec = at_path(document, {"spec"});
    // How trials run and how their metrics are collected is not the search's business.
    draft.refuse_unknown(spec, "spec",
                         {"objective", "algorithm", "earlyStopping", "parameters", "maxTrialCount",
                          "parallelTrialCount", "maxFailedTrialCount", "trialTemplate",
                          "metricsCollectorSpec", "resumePolicy"});
    import_objective(spec, draft);
    import_algorithm(spec, draft);
    import_early_stopping(spec, draft);
    draft.document["space"] = Json::array();
    const Json& parameters = at_path(spec, {"parameters"});
    if (!parameters.is_array()) {
        draft.invalid("spec.parameters", parameters, "must be a list");
        return draft;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        import_parameter(parameters[i], item_path("spec.parameters", i), draft);
    }
    draft.document["maxTrials"] = unlimited_trials;
    draft.document["parallelTrials"] = parallel_default;
    draft.copy_integer(spec, "spec", "maxTrialCount", draft.document, "maxTrials");
    draft.copy_integer(spec, "spec", "parallelTrialCount", draft.document, "parallelTrials");
    draft.copy_integer(spec, "spec", "maxFailedTrialCount", draft.document, "maxFailedTrials");
    return draft;
}

} // namespace pedigree::search

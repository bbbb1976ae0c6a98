// ClearML's HyperParameterOptimizer: its arguments, with each of `hyper_parameters` as ClearML's
// to_dict writes it or as its constructor takes it.
#include <array>
#include <cmath>

#include "pipeline/search/import/formats.h"

namespace pedigree::search {
namespace {

using spec::child_path;
using spec::item_path;

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> optimizers{
    {{"GridSearch", "Grid"},
     {"RandomSearch", "Random"},
     {"OptimizerOptuna", "Tpe"}, // whose default sampler it is
     {"OptimizerBOHB", "Bayesian"}}};

void import_arguments(const Json& document, Draft& draft) {
    const std::string sign = string_or(document, "objective_metric_sign", "max");
    if (sign != "max" && sign != "min") {
        draft.invalid("objective_metric_sign", sign, "must be max or min");
    }
    const std::string title = string_or(document, "objective_metric_title");
    const std::string series = string_or(document, "objective_metric_series");
    if (!title.empty() || !series.empty()) {
        const std::string metric = series.empty() || title == series ? title : title + "/" + series;
        draft.document["objective"] = {{"metric", metric.empty() ? series : metric},
                                       {"goal", sign == "max" ? "Maximize" : "Minimize"}};
    }
    const std::string optimizer = string_or(document, "optimizer_class");
    for (const auto& [theirs, ours] : optimizers) {
        if (optimizer == theirs) {
            draft.document["algorithm"]["name"] = ours;
        }
    }
    if (!optimizer.empty() && !at_path(draft.document, {"algorithm"}).contains("name")) {
        draft.invalid("optimizer_class", optimizer,
                      "must be GridSearch, RandomSearch, OptimizerOptuna or OptimizerBOHB");
    }
    draft.copy_integer(document, "", "total_max_jobs", draft.document, "maxTrials");
    draft.copy_integer(document, "", "max_number_of_concurrent_tasks", draft.document,
                       "parallelTrials");
}

// "General/lr": a section and a name. Ours has dots.
std::string name_of(std::string name) {
    for (char& letter : name) {
        letter = letter == '/' ? '.' : letter;
    }
    return name;
}

// The last of min, min + step ... that ClearML draws; it leaves max out if told so.
double last_value(double minimum, double maximum, double step, bool with_maximum) {
    const double steps = (maximum - minimum) / step;
    const double whole = std::floor(steps + 1e-9); // 0.3 / 0.1 is less than 3
    const bool hits = steps - whole < 1e-9;
    return minimum + step * (hits && !with_maximum ? whole - 1 : whole);
}

void import_range(const std::string& type, const Json& item, const std::string& path,
                  Draft& draft) {
    const auto minimum = draft.number(item, path, "min_value");
    const auto maximum = draft.number(item, path, "max_value");
    if (!minimum || !maximum) {
        return;
    }
    const bool integers = type == "UniformIntegerParameterRange";
    const bool step_given = !at_path(item, {"step_size"}).is_null();
    const double step =
        step_given ? draft.number_or(item, path, "step_size", 1) : (integers ? 1.0 : 0.0);
    const bool with_maximum =
        bool_or(item, "include_max_value", bool_or(item, "include_max", true));
    const double last = step > 0 ? last_value(*minimum, *maximum, step, with_maximum) : *maximum;
    Json dimension{{"name", name_of(string_or(item, "name"))},
                   {"type", integers ? "Int" : "Float"}};
    if (type == "LogUniformParameterRange") { // the bounds are exponents
        const double base = draft.number_or(item, path, "base", 10);
        if (step > 0) {
            return draft.invalid(child_path(path, "step_size"), step,
                                 "a search has no steps of an exponent; list the values");
        }
        dimension["min"] = compact_number(std::pow(base, *minimum));
        dimension["max"] = compact_number(std::pow(base, *maximum));
        dimension["scale"] = "Log";
    } else {
        dimension["min"] = compact_number(*minimum);
        dimension["max"] = compact_number(last);
        if (step > 0) {
            dimension["step"] = compact_number(step);
        }
    }
    draft.document["space"].push_back(std::move(dimension));
}

// {uniform: [min, max]} and {choice: [...]}, as people write the ranges down.
bool import_short_form(const std::string& name, const Json& item, const std::string& path,
                       Draft& draft) {
    if (item.contains("choice")) {
        draft.document["space"].push_back(choice(name_of(name), item["choice"]));
        return true;
    }
    if (!item.contains("uniform")) {
        return false;
    }
    const Json& bounds = item["uniform"];
    if (!bounds.is_array() || bounds.size() != 2) {
        draft.invalid(child_path(path, "uniform"), bounds, "must be [min, max]");
        return true;
    }
    const bool integers = bounds[0].is_number_integer() && bounds[1].is_number_integer();
    draft.document["space"].push_back({{"name", name_of(name)},
                                       {"type", integers ? "Int" : "Float"},
                                       {"min", bounds[0]},
                                       {"max", bounds[1]}});
    return true;
}

void import_parameter(const std::string& name, const Json& item, const std::string& path,
                      Draft& draft) {
    if (!item.is_object()) {
        return draft.invalid(path, item, "must be a map");
    }
    const std::string type = string_or(item, "type");
    if (type == "DiscreteParameterRange") {
        draft.document["space"].push_back(choice(name_of(name), at_path(item, {"values"})));
    } else if (type == "UniformParameterRange" || type == "LogUniformParameterRange" ||
               type == "UniformIntegerParameterRange") {
        import_range(type, item, path, draft);
    } else if (type == "ParameterSet") {
        add_clearml_set(item, path, draft);
    } else if (!import_short_form(name, item, path, draft)) {
        draft.invalid(child_path(path, "type"), type, "is no parameter range of ClearML's");
    }
}

} // namespace

Draft from_clearml(const Json& document) {
    Draft draft;
    draft.document["space"] = Json::array();
    // What no argument of ClearML's says may stand beside them in our words.
    for (const char* own : {"objective", "algorithm", "maxTrials", "parallelTrials",
                            "maxFailedTrials", "earlyStopping"}) {
        if (document.contains(own)) {
            draft.document[own] = document[own];
        }
    }
    import_arguments(document, draft);
    const Json& parameters = document["hyper_parameters"];
    if (parameters.is_object()) {
        for (const auto& [name, item] : parameters.items()) {
            import_parameter(name, item, child_path("hyper_parameters", name), draft);
        }
        return draft;
    }
    if (!parameters.is_array()) {
        draft.invalid("hyper_parameters", parameters, "must be a list or a map of parameters");
        return draft;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        import_parameter(string_or(parameters[i], "name"), parameters[i],
                         item_path("hyper_parameters", i), draft);
    }
    return draft;
}

} // namespace pedigree::search

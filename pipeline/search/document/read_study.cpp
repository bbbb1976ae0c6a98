#include "pipeline/search/document/read_study.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "pipeline/search/document/check.h"
#include "pipeline/spec/schema.h"
#include "pipeline/spec/yaml.h"

namespace pedigree::search {

// Defined in the file that CMake writes from schema.yaml.
extern const char* const schema_text;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

double number_or(const Json& object, const char* name, double fallback) {
    return object.contains(name) ? object[name].get<double>() : fallback;
}

// Whole numbers stay whole where the document wrote them so.
ParameterValue scalar_from(const Json& value) {
    if (value.is_boolean()) {
        return value.get<bool>();
    }
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    return value.is_number() ? ParameterValue(value.get<double>())
                             : ParameterValue(value.get<std::string>());
}

// One scalar or a list of them.
std::vector<ParameterValue> scalars_from(const Json& value) {
    std::vector<ParameterValue> values;
    for (const Json& each : value.is_array() ? value : Json::array({value})) {
        values.push_back(scalar_from(each));
    }
    return values;
}

Prior prior_from(const Json& prior) {
    return {*from_word<PriorType>(string_or(prior, "type", "Uniform")), number_or(prior, "mean", 0),
            number_or(prior, "deviation", 1), number_or(prior, "alpha", 1),
            number_or(prior, "beta", 1)};
}

Dimension dimension_from(const Json& item) {
    Dimension dimension;
    dimension.name = string_or(item, "name");
    dimension.type = *from_word<DimensionType>(string_or(item, "type"));
    dimension.minimum = number_or(item, "min", 0);
    dimension.maximum = number_or(item, "max", 0);
    dimension.step = number_or(item, "step", dimension.type == DimensionType::Int ? 1 : 0);
    dimension.scale = *from_word<Scale>(string_or(item, "scale", "Linear"));
    dimension.prior = prior_from(at_path(item, {"prior"}));
    dimension.ordered = bool_or(item, "ordered");
    if (item.contains("values")) {
        dimension.values = scalars_from(item["values"]);
    } else if (item.contains("value")) {
        dimension.values = {scalar_from(item["value"])};
    } else if (dimension.type == DimensionType::Bool) {
        dimension.values = {false, true};
    }
    for (const Json& weight : at_path(item, {"weights"})) {
        dimension.weights.push_back(weight.get<double>());
    }
    for (const auto& [name, value] : at_path(item, {"when"}).items()) {
        dimension.when.push_back({name, scalars_from(value)});
    }
    return dimension;
}

// A Discrete list is ascending, so that neighbours in it are neighbours.
void sort_values(Dimension& dimension) {
    std::vector<std::pair<ParameterValue, double>> pairs;
    for (std::size_t i = 0; i < dimension.values.size(); ++i) {
        pairs.emplace_back(dimension.values[i],
                           i < dimension.weights.size() ? dimension.weights[i] : 1);
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const auto& left, const auto& right) {
        return number_of(left.first) < number_of(right.first);
    });
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        dimension.values[i] = pairs[i].first;
        if (i < dimension.weights.size()) {
            dimension.weights[i] = pairs[i].second;
        }
    }
}

Space space_from(const Json& document) {
    Space space;
    for (const Json& item : document["space"]) {
        Dimension& dimension = space.dimensions.emplace_back(dimension_from(item));
        if (dimension.type == DimensionType::Discrete) {
            sort_values(dimension);
        }
    }
    for (const Json& item : at_path(document, {"constraints", "linear"})) {
        LinearConstraint& constraint = space.linear.emplace_back();
        constraint.minimum = number_or(item, "min", -infinite);
        constraint.maximum = number_or(item, "max", infinite);
        for (const auto& [name, coefficient] : item["coefficients"].items()) {
            constraint.coefficients.emplace(name, coefficient.get<double>());
        }
    }
    for (const Json& item : at_path(document, {"constraints", "forbidden"})) {
        Combination& combination = space.forbidden.emplace_back();
        for (const auto& [name, value] : item.items()) {
            combination.emplace(name, scalars_from(value));
        }
    }
    return space;
}

EarlyStopping early_stopping_from(const Json& item) {
    EarlyStopping stopping;
    stopping.name = *from_word<StoppingName>(string_or(item, "name"));
    stopping.minimum_trials = integer_or(item, "minTrials");
    stopping.minimum_steps = integer_or(item, "minSteps");
    stopping.maximum_steps = integer_or(item, "maxSteps");
    stopping.bands = integer_or(item, "bands");
    stopping.reduction = number_or(item, "reduction", stopping.reduction);
    stopping.strict = bool_or(item, "strict");
    if (item.contains("threshold")) {
        stopping.threshold = item["threshold"].get<double>();
    }
    stopping.patience = integer_or(item, "patience");
    stopping.minimum_change = number_or(item, "minChange", 0);
    return stopping;
}

Study study_with_defaults(const Json& document) {
    Study study;
    study.space = space_from(document);
    const Json& objective = document["objective"];
    study.objective = {
        string_or(objective, "metric"), *from_word<Goal>(string_or(objective, "goal")),
        *from_word<ObjectiveRule>(string_or(objective, "rule")), integer_or(objective, "step")};
    const Json& algorithm = document["algorithm"];
    study.algorithm = {*from_word<AlgorithmName>(string_or(algorithm, "name")),
                       integer_or(algorithm, "seed")};
    study.max_trials = integer_or(document, "maxTrials");
    study.max_failed_trials = integer_or(document, "maxFailedTrials");
    study.parallel_trials = integer_or(document, "parallelTrials");
    study.warm_start = *from_word<WarmStart>(string_or(document, "warmStart"));
    study.reuse = *from_word<Reuse>(string_or(document, "reuse"));
    if (const Json& smaller = at_path(document, {"smallerBatch"}); smaller.is_object()) {
        study.smaller_batch = {string_or(smaller, "parameter"), number_or(smaller, "factor", 0.5)};
    }
    study.early_stopping = early_stopping_from(document["earlyStopping"]);
    return study;
}

} // namespace

const Json& search_schema() {
    static const Json schema = [] {
        auto document = spec::parse_yaml(schema_text);
        if (!document) { // it is part of the program: a test parses it
            throw std::logic_error("pipeline/search/document/schema.yaml: " +
                                   document.error().message);
        }
        return *std::move(document);
    }();
    return schema;
}

std::vector<spec::FieldError> validate_study(const Json& document, const std::string& path) {
    Errors errors;
    spec::check_structure(document, search_schema(), path, errors);
    check_document(document, path, errors);
    // Unknown fields are in nobody's way; after other errors there is no Study to look at.
    if (std::all_of(errors.begin(), errors.end(), [](const spec::FieldError& error) {
            return error.type == spec::FieldErrorType::Unknown;
        })) {
        const Study study = study_from(document);
        const auto rules = check_study(study, path);
        errors.insert(errors.end(), rules.begin(), rules.end());
    }
    return errors;
}

Result<Study> read_study(const Json& document, const std::string& path) {
    const auto errors = validate_study(document, path);
    if (!errors.empty()) {
        return failure(ErrorCode::InvalidInput, "InvalidSearch", spec::to_text(errors));
    }
    return study_from(document);
}

Study study_from(const Json& document) {
    return study_with_defaults(spec::with_defaults(document, search_schema()));
}

} // namespace pedigree::search

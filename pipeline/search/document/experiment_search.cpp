#include "pipeline/search/document/experiment_search.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "pipeline/search/document/read_study.h"

namespace pedigree::search {
namespace {

using spec::FieldErrorType;

Parameters scalars_in(const Json& parameters) {
    Parameters scalars;
    for (const auto& [name, value] : parameters.items()) {
        if (value.is_boolean()) {
            scalars.emplace(name, value.get<bool>());
        } else if (value.is_number_integer()) {
            scalars.emplace(name, value.get<std::int64_t>());
        } else if (value.is_number()) {
            scalars.emplace(name, value.get<double>());
        } else if (value.is_string()) {
            scalars.emplace(name, value.get<std::string>());
        }
    }
    return scalars;
}

} // namespace

std::vector<spec::FieldError> validate_experiment_search(const Json& document) {
    const Json& spec = at_path(document, {"spec"});
    const Json& search = at_path(spec, {"search"});
    if (!search.is_object()) {
        return {};
    }
    auto errors = validate_study(search, "spec.search");
    const bool sound = std::all_of(errors.begin(), errors.end(), [](const auto& error) {
        return error.type == FieldErrorType::Unknown;
    });
    if (!sound) {
        return errors;
    }
    const auto first = with_first(study_from(search), scalars_in(at_path(spec, {"parameters"})));
    if (!first) {
        errors.push_back({"spec.parameters", FieldErrorType::Invalid, "E0217", "",
                          first.error().message, "change it, or leave it out of spec.parameters"});
    }
    return errors;
}

Result<Study> study_of(const spec::ExperimentSpec& spec) {
    TRY(const Json document, parse_json(spec.search_json));
    return with_first(study_from(document), spec.parameters);
}

} // namespace pedigree::search

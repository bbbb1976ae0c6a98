#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/check.h"
#include "pipeline/search/model/proposer.h"

namespace pedigree::search {
namespace {

using spec::child_path;
using spec::FieldErrorType;
using spec::item_path;

void check_names(const Space& space, const std::string& path, Errors& errors) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < space.dimensions.size(); ++i) {
        const std::string& name = space.dimensions[i].name;
        if (!names.insert(name).second) {
            errors.push_back({child_path(item_path(child_path(path, "space"), i), "name"),
                              FieldErrorType::Duplicate, "E0202", spec::quoted(name), "", ""});
        }
    }
}

void check_grid(const Encoding& encoding, const Study& study, const std::string& path,
                Errors& errors) {
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        if (encoding.levels(i) == 0) {
            errors.push_back({child_path(item_path(child_path(path, "space"), i), "step"),
                              FieldErrorType::Required, "E0214", "",
                              fmt::format("algorithm Grid needs a step for the Float \"{}\"",
                                          study.space.dimensions[i].name),
                              ""});
            return;
        }
    }
    if (!all_points(encoding, grid_points_max)) {
        errors.push_back({child_path(child_path(path, "algorithm"), "name"),
                          FieldErrorType::Invalid, "E0214", "\"Grid\"",
                          fmt::format("the grid has more than {} points", grid_points_max),
                          "use larger steps, or Sobol or Bayesian"});
    }
}

// A space whose constraints leave nothing is found here rather than by a search without trials.
bool allows_any(const Encoding& encoding) {
    constexpr int draws_max = 10'000;
    if (const auto points = all_points(encoding, enumerated_points_max)) {
        return !points->empty();
    }
    Stream stream(0, 0, Purpose::Legality);
    for (int i = 0; i < draws_max; ++i) {
        if (encoding.is_allowed(encoding.draw(stream))) {
            return true;
        }
    }
    return false;
}

void check_early_stopping(const EarlyStopping& stopping, const std::string& path, Errors& errors) {
    if ((stopping.maximum_steps > 0) != (stopping.bands > 0)) {
        errors.push_back({child_path(path, "earlyStopping"), FieldErrorType::Invalid, "E0215", "",
                          "maxSteps and bands are given together", ""});
    }
}

void check_smaller_batch(const Study& study, const std::string& path, Errors& errors) {
    if (!study.smaller_batch) {
        return;
    }
    using enum DimensionType;
    const std::string& name = study.smaller_batch->parameter;
    const auto& dimensions = study.space.dimensions;
    const bool numeric =
        std::any_of(dimensions.begin(), dimensions.end(), [&](const Dimension& dimension) {
            return dimension.name == name &&
                   (dimension.type == Float || dimension.type == Int || dimension.type == Discrete);
        });
    if (!numeric) {
        errors.push_back({child_path(child_path(path, "smallerBatch"), "parameter"),
                          FieldErrorType::NotFound, "E0216", spec::quoted(name), "",
                          "name a Float, Int or Discrete parameter of space"});
    }
}

} // namespace

std::vector<spec::FieldError> check_study(const Study& study, const std::string& path) {
    Errors errors;
    check_names(study.space, path, errors);
    for (std::size_t i = 0; i < study.space.dimensions.size(); ++i) {
        check_dimension(study.space.dimensions[i], item_path(child_path(path, "space"), i), errors);
    }
    check_early_stopping(study.early_stopping, path, errors);
    check_smaller_batch(study, path, errors);
    if (!errors.empty()) {
        return errors; // what follows computes with the dimensions
    }
    check_references(study.space, path, errors);
    if (!errors.empty()) {
        return errors;
    }
    const Encoding encoding(study.space);
    if (study.algorithm.name == AlgorithmName::Grid) {
        check_grid(encoding, study, path, errors);
    }
    if (errors.empty() && !allows_any(encoding)) {
        errors.push_back({child_path(path, "constraints"), FieldErrorType::Invalid, "E0213", "",
                          "no point of the space was found that they allow", ""});
    }
    return errors;
}

Result<Study> with_first(Study study, const Parameters& parameters) {
    const Encoding encoding(study.space);
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        const std::string& name = study.space.dimensions[i].name;
        const auto given = parameters.find(name);
        if (given == parameters.end()) {
            continue;
        }
        if (!encoding.position(i, given->second)) {
            return failure(ErrorCode::InvalidInput, "InvalidSearch",
                           fmt::format("parameter \"{}\": its value is the first trial's and must "
                                       "lie in the search's space",
                                       name));
        }
        study.first.emplace(name, given->second);
    }
    if (!study.first.empty() && !encoding.is_allowed(first_point(encoding, study))) {
        return failure(ErrorCode::InvalidInput, "InvalidSearch",
                       "the parameters are the first trial's, and the search's constraints forbid "
                       "them");
    }
    return study;
}

} // namespace pedigree::search

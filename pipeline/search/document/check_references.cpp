#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/check.h"
#include "pipeline/search/sample/encoding.h"

namespace pedigree::search {
namespace {

using spec::child_path;
using spec::FieldErrorType;
using spec::item_path;

const Dimension* find(const Space& space, const std::string& name) {
    const auto found = std::find_if(space.dimensions.begin(), space.dimensions.end(),
                                    [&](const Dimension& each) { return each.name == name; });
    return found == space.dimensions.end() ? nullptr : &*found;
}

void unknown_name(const Space& space, const std::string& name, const std::string& path,
                  Errors& errors) {
    std::vector<std::string> names;
    for (const Dimension& each : space.dimensions) {
        names.push_back(each.name);
    }
    const std::string near = spec::nearest_word(name, names);
    errors.push_back({path, FieldErrorType::NotFound, "E0210", spec::quoted(name),
                      "is no parameter of the space",
                      near.empty() ? "" : fmt::format("did you mean \"{}\"?", near)});
}

// That `name` has a finite list of values and that `values` are among them.
void check_choice(const Space& space, const std::string& name,
                  const std::vector<ParameterValue>& values, const std::string& path,
                  Errors& errors) {
    const Dimension* dimension = find(space, name);
    if (dimension == nullptr) {
        return unknown_name(space, name, path, errors);
    }
    Space alone{{*dimension}, {}, {}};
    alone.dimensions[0].when.clear();
    const Encoding encoding(alone);
    if (encoding.levels(0) == 0) {
        errors.push_back({path, FieldErrorType::Invalid, "E0211", spec::quoted(name),
                          "is a Float without step: it takes no value twice", "give it a step"});
        return;
    }
    for (const ParameterValue& value : values) {
        if (!encoding.position(0, value)) {
            const Json json = std::visit([](const auto& each) { return Json(each); }, value);
            errors.push_back({path, FieldErrorType::Unsupported, "E0211", spec::quoted(json),
                              fmt::format("is no value of \"{}\"", name), ""});
        }
    }
}

// Whether the conditions of `dimension` lead back to it.
bool is_cyclic(const Space& space, const Dimension& dimension) {
    std::vector<const Dimension*> reached{&dimension};
    for (std::size_t i = 0; i < reached.size(); ++i) {
        for (const Condition& condition : reached[i]->when) {
            const Dimension* next = find(space, condition.parameter);
            if (next == &dimension) {
                return true;
            }
            if (next != nullptr &&
                std::find(reached.begin(), reached.end(), next) == reached.end()) {
                reached.push_back(next);
            }
        }
    }
    return false;
}

void check_conditions(const Space& space, const std::string& path, Errors& errors) {
    for (std::size_t i = 0; i < space.dimensions.size(); ++i) {
        const Dimension& dimension = space.dimensions[i];
        const std::string at = child_path(item_path(child_path(path, "space"), i), "when");
        for (const Condition& condition : dimension.when) {
            check_choice(space, condition.parameter, condition.values,
                         child_path(at, condition.parameter), errors);
        }
        if (is_cyclic(space, dimension)) {
            errors.push_back({at, FieldErrorType::Invalid, "E0212", spec::quoted(dimension.name),
                              "its conditions lead back to itself", ""});
        }
    }
}

void check_linear(const Space& space, const LinearConstraint& constraint, const std::string& path,
                  Errors& errors) {
    for (const auto& [name, coefficient] : constraint.coefficients) {
        const std::string at = child_path(child_path(path, "coefficients"), name);
        const Dimension* dimension = find(space, name);
        if (dimension == nullptr) {
            unknown_name(space, name, at, errors);
        } else if (!dimension->values.empty() && !number_of(dimension->values[0])) {
            errors.push_back(
                {at, FieldErrorType::Invalid, "E0213", "", "its values are no numbers", ""});
        }
    }
    if (constraint.coefficients.empty() || !(constraint.minimum <= constraint.maximum) ||
        (std::isinf(constraint.minimum) && std::isinf(constraint.maximum))) {
        errors.push_back({path, FieldErrorType::Invalid, "E0213", "",
                          "needs coefficients, and min or max with min <= max", ""});
    }
}

} // namespace

void check_references(const Space& space, const std::string& path, Errors& errors) {
    check_conditions(space, path, errors);
    const std::string at = child_path(path, "constraints");
    for (std::size_t i = 0; i < space.linear.size(); ++i) {
        check_linear(space, space.linear[i], item_path(child_path(at, "linear"), i), errors);
    }
    for (std::size_t i = 0; i < space.forbidden.size(); ++i) {
        const std::string item = item_path(child_path(at, "forbidden"), i);
        if (space.forbidden[i].empty()) {
            errors.push_back(
                {item, FieldErrorType::Invalid, "E0213", "", "forbids everything", ""});
        }
        for (const auto& [name, values] : space.forbidden[i]) {
            check_choice(space, name, values, child_path(item, name), errors);
        }
    }
}

} // namespace pedigree::search

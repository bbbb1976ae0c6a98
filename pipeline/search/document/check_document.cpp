#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/check.h"

namespace pedigree::search {
namespace {

using spec::child_path;
using spec::FieldErrorType;
using spec::item_path;
using spec::quoted;

struct Member {
    std::string_view name;
    bool required;
    std::vector<DimensionType> types;
};

const std::vector<Member>& members() {
    using enum DimensionType;
    static const std::vector<Member> all{{"min", true, {Float, Int}},
                                         {"max", true, {Float, Int}},
                                         {"step", false, {Float, Int}},
                                         {"scale", false, {Float, Int}},
                                         {"prior", false, {Float, Int}},
                                         {"values", true, {Discrete, Categorical}},
                                         {"weights", false, {Discrete, Categorical}},
                                         {"ordered", false, {Categorical}},
                                         {"value", true, {Constant}}};
    return all;
}

void check_members(const Json& item, const std::string& path, Errors& errors) {
    const std::string word = string_or(item, "type");
    const auto type = from_word<DimensionType>(word);
    if (!type) {
        return;
    }
    for (const Member& member : members()) {
        const bool belongs =
            std::find(member.types.begin(), member.types.end(), *type) != member.types.end();
        const bool given = item.contains(member.name) && !item[std::string(member.name)].is_null();
        const std::string at = child_path(path, member.name);
        if (belongs && member.required && !given) {
            errors.push_back({at, FieldErrorType::Required, "E0200", "",
                              fmt::format("a parameter of type {} needs it", word), ""});
        }
        if (!belongs && given) {
            errors.push_back({at, FieldErrorType::Forbidden, "E0200", "",
                              fmt::format("a parameter of type {} has none", word), ""});
        }
    }
}

void check_scalar(const Json& value, const std::string& path, Errors& errors) {
    if (value.is_structured() || value.is_null()) {
        errors.push_back({path, FieldErrorType::Invalid, "E0201", quoted(value),
                          "must be a string, a number or a boolean", ""});
    }
}

void check_scalars(const Json& values, const std::string& path, Errors& errors) {
    if (!values.is_array()) {
        return check_scalar(values, path, errors);
    }
    if (values.empty()) {
        errors.push_back({path, FieldErrorType::Invalid, "E0201", "", "must not be empty", ""});
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        check_scalar(values[i], item_path(path, i), errors);
    }
}

void check_map(const Json& map, const std::string& path, Errors& errors) {
    if (!map.is_object()) {
        return;
    }
    for (const auto& [name, values] : map.items()) {
        check_scalars(values, child_path(path, name), errors);
    }
}

} // namespace

void check_document(const Json& document, const std::string& path, Errors& errors) {
    const Json& space = at_path(document, {"space"});
    for (std::size_t i = 0; i < space.size(); ++i) {
        const Json& item = space[i];
        const std::string at = item_path(child_path(path, "space"), i);
        if (!item.is_object()) {
            continue;
        }
        check_members(item, at, errors);
        if (at_path(item, {"values"}).is_array()) {
            check_scalars(item["values"], child_path(at, "values"), errors);
        }
        if (item.contains("value")) {
            check_scalar(item["value"], child_path(at, "value"), errors);
        }
        check_map(at_path(item, {"when"}), child_path(at, "when"), errors);
    }
    const Json& forbidden = at_path(document, {"constraints", "forbidden"});
    for (std::size_t i = 0; i < forbidden.size(); ++i) {
        check_map(forbidden[i],
                  item_path(child_path(child_path(path, "constraints"), "forbidden"), i), errors);
    }
}

} // namespace pedigree::search

// ClearML's ParameterSet: combinations of values, of which one is taken. Each parameter becomes one
// with a list of values, and the combinations that the set lacks are forbidden.
#include <algorithm>
#include <map>
#include <optional>

#include "pipeline/search/import/formats.h"

namespace pedigree::search {
namespace {

constexpr std::size_t forbidden_max = 100; // schema.yaml's

// The distinct values of each parameter, in the order of the set; nothing if the combinations are
// not all of the same parameters and of plain values.
std::optional<std::map<std::string, Json>> columns_of(const Json& set) {
    std::map<std::string, Json> columns;
    for (const Json& combination : set) {
        if (!combination.is_object() || combination.size() != set[0].size()) {
            return std::nullopt;
        }
        for (const auto& [name, value] : combination.items()) {
            if (value.is_structured() || !set[0].contains(name)) {
                return std::nullopt;
            }
            Json& values = columns.try_emplace(name, Json::array()).first->second;
            if (std::find(values.begin(), values.end(), value) == values.end()) {
                values.push_back(value);
            }
        }
    }
    return columns;
}

// Every combination of the columns' values; nothing if there are too many to forbid the rest.
std::optional<std::vector<Json>> product_of(const std::map<std::string, Json>& columns,
                                            std::size_t count_max) {
    std::vector<Json> product{Json::object()};
    for (const auto& [name, values] : columns) {
        if (product.size() * values.size() > count_max) {
            return std::nullopt;
        }
        std::vector<Json> longer;
        for (const Json& combination : product) {
            for (const Json& value : values) {
                longer.push_back(combination);
                longer.back()[name] = value;
            }
        }
        product = std::move(longer);
    }
    return product;
}

} // namespace

void add_clearml_set(const Json& item, const std::string& path, Draft& draft) {
    const char* member = item.contains("values") ? "values" : "parameter_combinations";
    const std::string at = spec::child_path(path, member);
    const Json& set = at_path(item, {member});
    const auto columns = set.is_array() && !set.empty() ? columns_of(set) : std::nullopt;
    if (!columns) {
        return draft.invalid(at, set,
                             "a search takes combinations of the same parameters and plain values; "
                             "for parameters that exist only in some, use `when`");
    }
    const auto product = product_of(*columns, forbidden_max + set.size());
    if (!product) {
        return draft.invalid(at, set.size(), "more than 100 combinations would be forbidden");
    }
    for (const auto& [name, values] : *columns) {
        draft.document["space"].push_back(choice(name, values));
    }
    for (const Json& combination : *product) {
        if (std::find(set.begin(), set.end(), combination) == set.end()) {
            draft.document["constraints"]["forbidden"].push_back(combination);
        }
    }
}

} // namespace pedigree::search

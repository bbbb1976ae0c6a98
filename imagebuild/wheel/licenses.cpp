#include "imagebuild/wheel/licenses.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t name_bytes_max = 100;
constexpr std::size_t expression_bytes_max = 1000;

void add(std::vector<std::string>& names, std::string name) {
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (!name.empty() && !known) {
        names.push_back(std::move(name));
    }
}

// "License :: OSI Approved :: MIT License" says "MIT License".
std::string last_part(const std::string& classifier) {
    constexpr std::string_view separator = " :: ";
    return classifier.substr(classifier.rfind(separator) + separator.size());
}

} // namespace

Licenses licenses_of(const std::multimap<std::string, std::string>& metadata) {
    Licenses licenses;
    if (const auto field = metadata.find("license-expression");
        field != metadata.end() && field->second.size() <= expression_bytes_max) {
        licenses.expression = field->second;
        return licenses;
    }
    if (const auto field = metadata.find("license"); field != metadata.end() &&
                                                     field->second.size() <= name_bytes_max &&
                                                     field->second != "UNKNOWN") {
        add(licenses.names, field->second);
    }
    const auto [begin, end] = metadata.equal_range("classifier");
    for (auto field = begin; field != end; ++field) {
        if (field->second.starts_with("License :: ")) {
            add(licenses.names, last_part(field->second).substr(0, name_bytes_max));
        }
    }
    return licenses;
}

Json licenses_json(const Licenses& licenses) {
    return {{"expression", licenses.expression}, {"names", licenses.names}};
}

Result<Licenses> licenses_from(const Json& document) {
    Licenses licenses;
    TRY(licenses.expression, string_field(document, "expression"));
    for (const Json& name : at_path(document, {"names"})) {
        if (!name.is_string()) {
            return failure(ErrorCode::InvalidInput, "a licence's name is no string");
        }
        licenses.names.push_back(name.get<std::string>());
    }
    return licenses;
}

} // namespace pedigree::imagebuild

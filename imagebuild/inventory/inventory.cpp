#include "imagebuild/inventory/inventory.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "imagebuild/lock/python_name.h"

namespace pedigree::imagebuild {
namespace {

Json distribution_json(const InstalledDistribution& one) {
    return {{"name", one.name},
            {"version", one.version},
            {"site", one.site},
            {"requirements", one.requirements},
            {"licenses", licenses_json(one.licenses)}};
}

Result<std::vector<std::string>> strings_of(const Json& list) {
    std::vector<std::string> strings;
    for (const Json& element : list) {
        if (!element.is_string()) {
            return failure(ErrorCode::InvalidInput, "the base's inventory: a string is expected");
        }
        strings.push_back(element.get<std::string>());
    }
    return strings;
}

Result<std::map<std::string, std::string>> string_map(const Json& object) {
    std::map<std::string, std::string> strings;
    for (const auto& [name, value] : object.items()) {
        if (!value.is_string()) {
            return failure(ErrorCode::InvalidInput, "the base's inventory: a string is expected");
        }
        strings[name] = value.get<std::string>();
    }
    return strings;
}

Result<InstallScheme> scheme_from(const Json& document) {
    InstallScheme scheme;
    TRY(scheme.site, string_field(document, "site"));
    TRY(scheme.scripts, string_field(document, "scripts"));
    TRY(scheme.headers, string_field(document, "headers"));
    TRY(scheme.data, string_field(document, "data"));
    TRY(scheme.interpreter, string_field(document, "interpreter"));
    return scheme;
}

} // namespace

const InstalledDistribution* installed_distribution(const BaseInventory& base,
                                                    std::string_view name) {
    const auto found =
        std::find_if(base.distributions.begin(), base.distributions.end(),
                     [&](const InstalledDistribution& one) {
                         return one.site == base.scheme.site && normalized_name(one.name) == name;
                     });
    return found == base.distributions.end() ? nullptr : &*found;
}

std::vector<std::string> wanted_by(const BaseInventory& base, std::string_view name) {
    std::vector<std::string> found;
    for (const InstalledDistribution& one : base.distributions) {
        for (const std::string& requirement : one.requirements) {
            const bool optional = requirement.find("extra ==") != requirement.npos;
            if (!optional && required_name(requirement) == name) {
                found.push_back(fmt::format("{} {} wants {}", one.name, one.version, requirement));
            }
        }
    }
    return found;
}

std::string inventory_text(const BaseInventory& inventory) {
    Json distributions = Json::array();
    for (const InstalledDistribution& one : inventory.distributions) {
        distributions.push_back(distribution_json(one));
    }
    const InstallScheme& scheme = inventory.scheme;
    return canonical_json(
        Json{{"version", inventory_version},
             {"manifest", inventory.manifest},
             {"config", inventory.config},
             {"indexDigest", inventory.index_digest},
             {"scanned", inventory.scanned},
             {"hasPython", inventory.has_python},
             {"pythonMinor", inventory.python.minor},
             {"glibcMinor", inventory.python.glibc_minor},
             {"pythonPatch", inventory.python.patch.value_or(-1)},
             {"machine", inventory.python.machine},
             {"closedFolder", inventory.closed_folder},
             {"interpreterSites", inventory.interpreter_sites},
             {"programs", inventory.programs ? Json(*inventory.programs) : Json()},
             {"links", inventory.links},
             {"hasCode", inventory.has_code},
             {"scheme",
              {{"site", scheme.site},
               {"scripts", scheme.scripts},
               {"headers", scheme.headers},
               {"data", scheme.data},
               {"interpreter", scheme.interpreter}}},
             {"distributions", std::move(distributions)},
             {"directories", inventory.directories}});
}

Result<BaseInventory> parse_inventory(std::string_view text) {
    TRY(const Json document, parse_json(text));
    if (integer_or(document, "version") != inventory_version) {
        return failure(ErrorCode::NotFound, "the base's inventory has another version");
    }
    BaseInventory inventory;
    TRY(inventory.manifest, string_field(document, "manifest"));
    TRY(inventory.config, string_field(document, "config"));
    TRY(inventory.index_digest, string_field(document, "indexDigest"));
    TRY(inventory.scanned, bool_field(document, "scanned"));
    TRY(inventory.has_python, bool_field(document, "hasPython"));
    inventory.python.minor = static_cast<int>(integer_or(document, "pythonMinor"));
    inventory.python.glibc_minor = static_cast<int>(integer_or(document, "glibcMinor"));
    inventory.python.machine = string_or(document, "machine");
    const auto patch = static_cast<int>(integer_or(document, "pythonPatch", -1));
    inventory.python.patch = patch < 0 ? std::nullopt : std::optional(patch);
    TRY(inventory.closed_folder, string_field(document, "closedFolder"));
    TRY(inventory.has_code, bool_field(document, "hasCode"));
    TRY(inventory.interpreter_sites, string_map(at_path(document, {"interpreterSites"})));
    if (const Json& programs = at_path(document, {"programs"}); !programs.is_null()) {
        TRY(const std::vector<std::string> names, strings_of(programs));
        inventory.programs.emplace(names.begin(), names.end());
    }
    TRY(inventory.links, string_map(at_path(document, {"links"})));
    TRY(inventory.scheme, scheme_from(at_path(document, {"scheme"})));
    for (const Json& one : at_path(document, {"distributions"})) {
        InstalledDistribution distribution;
        TRY(distribution.name, string_field(one, "name"));
        TRY(distribution.version, string_field(one, "version"));
        TRY(distribution.site, string_field(one, "site"));
        TRY(distribution.requirements, strings_of(at_path(one, {"requirements"})));
        TRY(distribution.licenses, licenses_from(at_path(one, {"licenses"})));
        inventory.distributions.push_back(std::move(distribution));
    }
    TRY(const std::vector<std::string> directories, strings_of(at_path(document, {"directories"})));
    inventory.directories.insert(directories.begin(), directories.end());
    return inventory;
}

} // namespace pedigree::imagebuild

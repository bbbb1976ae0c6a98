#include "cli/doctor/difference.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree::cli {

namespace {

// The word "properties" stands between a field and its fields, and tells a reader nothing.
std::string below(const std::string& path, const std::string& key, bool of_names) {
    return key == "properties" && !of_names ? path : path.empty() ? key : path + "." + key;
}

// `of_names`: the members are fields, named by people, and no words of a schema.
std::optional<std::string> difference(const Json& ours, const Json& theirs, const std::string& path,
                                      bool of_names);

std::optional<std::string> member_difference(const Json& ours, const Json& theirs,
                                             const std::string& path, bool of_names) {
    // A field may be called "description", too.
    const auto counts = [&](const std::string& key) { return of_names || key != "description"; };
    for (const auto& [key, value] : ours.items()) {
        std::string place = below(path, key, of_names);
        const auto other = theirs.find(key);
        if (counts(key) && other == theirs.end()) {
            return place;
        }
        if (counts(key)) {
            if (auto deeper = difference(value, *other, place, key == "properties" && !of_names)) {
                return deeper;
            }
        }
    }
    for (const auto& [key, value] : theirs.items()) {
        if (counts(key) && !ours.contains(key)) {
            return below(path, key, of_names);
        }
    }
    return std::nullopt;
}

std::optional<std::string> difference(const Json& ours, const Json& theirs, const std::string& path,
                                      bool of_names) {
    if (ours.is_object() && theirs.is_object()) {
        return member_difference(ours, theirs, path, of_names);
    }
    if (ours.is_array() && theirs.is_array() && ours.size() == theirs.size()) {
        for (std::size_t i = 0; i < ours.size(); ++i) {
            if (auto place =
                    difference(ours[i], theirs[i], fmt::format("{}[{}]", path, i), false)) {
                return place;
            }
        }
        return std::nullopt;
    }
    return ours == theirs ? std::nullopt : std::optional(path);
}

} // namespace

std::optional<std::string> first_difference(const Json& ours, const Json& theirs) {
    const auto place = difference(ours, theirs, "", false);
    return place && place->empty() ? "its root" : place;
}

} // namespace pedigree::cli

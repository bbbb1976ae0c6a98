#include "imagebuild/comparison.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "imagebuild/documents.h"

namespace pedigree::imagebuild {
namespace {

// One name for each layer, bottom to top.
Result<std::vector<std::string>> layer_names(const std::string& config_text) {
    constexpr std::string_view ours = "pedigree: ";
    TRY(const Json config, parse_json(config_text));
    std::vector<std::string> names;
    for (const Json& entry : at_path(config, {"history"})) {
        if (!bool_or(entry, "empty_layer")) {
            const std::string by = string_or(entry, "created_by");
            names.push_back(by.starts_with(ours) ? "layer of " + by.substr(ours.size())
                                                 : "layer of the base");
        }
    }
    return names;
}

} // namespace

Result<std::vector<ComparedPart>> compare_images(const ImageText& claimed, const ImageText& here) {
    TRY(const auto theirs, base_layers(claimed.manifest));
    TRY(const auto ours, base_layers(here.manifest));
    TRY(const auto names, layer_names(here.config));
    std::vector<ComparedPart> parts;
    for (std::size_t i = 0; i < std::max(theirs.size(), ours.size()); ++i) {
        parts.push_back({i < names.size() ? names[i] : "layer",
                         i < theirs.size() ? theirs[i].digest.text() : "",
                         i < ours.size() ? ours[i].digest.text() : ""});
    }
    parts.push_back({"configuration", sha256(claimed.config).text(), sha256(here.config).text()});
    parts.push_back({"manifest", sha256(claimed.manifest).text(), sha256(here.manifest).text()});
    return parts;
}

} // namespace pedigree::imagebuild

#include "pipeline/spec/metadata.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/syntax.h"

namespace pedigree::spec {
namespace {

constexpr std::array<std::string_view, 15> fields{"name",
                                                  "generateName",
                                                  "namespace",
                                                  "labels",
                                                  "annotations",
                                                  "finalizers",
                                                  "ownerReferences",
                                                  "uid",
                                                  "resourceVersion",
                                                  "generation",
                                                  "creationTimestamp",
                                                  "deletionTimestamp",
                                                  "deletionGracePeriodSeconds",
                                                  "managedFields",
                                                  "selfLink"};

constexpr const char* subdomain_message =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character";

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(c == '_' || c == ' ' ? '-' : std::tolower(c));
    });
    return text;
}

// A prefix may end in a dash, which the random suffix follows.
bool is_name(std::string text, bool is_prefix) {
    if (is_prefix && text.ends_with('-')) {
        text += 'x';
    }
    return is_secret_name(text); // names of all namespaced objects have the same syntax
}

void check_name(const Json& metadata, const char* field, std::vector<FieldError>& errors) {
    const Json& value = at_path(metadata, {field});
    const std::string path = child_path("metadata", field);
    if (value.is_null()) {
        return;
    }
    if (!value.is_string()) {
        errors.push_back({path, FieldErrorType::Invalid, "E0102", quoted(value),
                          "must be of type string",
                          fmt::format("write it in quotes: \"{}\"", canonical_json(value))});
        return;
    }
    const auto name = value.get<std::string>();
    if (name.empty() || is_name(name, std::string_view(field) == "generateName")) {
        return;
    }
    const std::string better = lower(name);
    errors.push_back({path, FieldErrorType::Invalid, "E0114", quoted(value), subdomain_message,
                      is_name(better, false) ? fmt::format("write {}", better) : ""});
}

void check_strings(const Json& metadata, const char* field, std::vector<FieldError>& errors) {
    const std::string path = child_path("metadata", field);
    const Json& map = at_path(metadata, {field});
    if (map.is_null()) {
        return;
    }
    if (!map.is_object()) {
        errors.push_back({path, FieldErrorType::Invalid, "E0102", quoted(map),
                          "must be of type object", "write NAME: VALUE"});
        return;
    }
    for (const auto& [key, value] : map.items()) {
        if (!value.is_string()) {
            errors.push_back({child_path(path, key), FieldErrorType::Invalid, "E0102",
                              quoted(value), "must be of type string",
                              value.is_structured() ? ""
                                                    : fmt::format("write it in quotes: \"{}\"",
                                                                  canonical_json(value))});
        }
    }
}

} // namespace

std::vector<FieldError> metadata_errors(const Json& document) {
    std::vector<FieldError> errors;
    const Json& metadata = at_path(document, {"metadata"});
    if (string_or(metadata, "name").empty() && string_or(metadata, "generateName").empty() &&
        !at_path(metadata, {"name"}).is_number()) {
        errors.push_back({"metadata.name", FieldErrorType::Required, "E0100", "", "", ""});
    }
    if (!metadata.is_object()) {
        return errors;
    }
    const std::vector<std::string> known(fields.begin(), fields.end());
    for (const auto& [key, value] : metadata.items()) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            const std::string near = nearest_word(key, known);
            errors.push_back({child_path("metadata", key), FieldErrorType::Unknown, "E0101", "", "",
                              near.empty() ? "" : fmt::format("did you mean \"{}\"?", near)});
        }
    }
    check_name(metadata, "name", errors);
    check_name(metadata, "generateName", errors);
    check_strings(metadata, "labels", errors);
    check_strings(metadata, "annotations", errors);
    return errors;
}

} // namespace pedigree::spec

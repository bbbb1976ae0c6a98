#include "pipeline/spec/editor_schema.h"

#include <nlohmann/json.hpp>

#include "pipeline/spec/schema.h"

namespace pedigree::spec {

namespace {

constexpr const char* open_word = "x-kubernetes-preserve-unknown-fields";
constexpr const char* quantity_word = "x-kubernetes-int-or-string";

// Of a structural schema (Kubernetes' subset of OpenAPI 3.0): its own extensions go, and what the
// API server refuses by default, a field that nobody declared, is said.
Json converted(const Json& schema) {
    Json result = Json::object();
    for (const auto& [name, value] : schema.items()) {
        if (name.starts_with("x-kubernetes-")) {
            continue;
        }
        if (name == "properties") {
            for (const auto& [property, inner] : value.items()) {
                result[name][property] = converted(inner);
            }
        } else if ((name == "items" || name == "additionalProperties") && value.is_object()) {
            result[name] = converted(value);
        } else {
            result[name] = value;
        }
    }
    if (bool_or(schema, quantity_word)) {
        result["type"] = {"integer", "string"};
    }
    if (schema.contains("properties") && !bool_or(schema, open_word)) {
        result["additionalProperties"] = false;
    }
    return result;
}

Json made() {
    Json schema = converted(experiment_schema());
    const Json& names = at_path(experiment_crd(), {"spec"});
    const std::string version = string_or(names["versions"][0], "name");
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "Experiment";
    schema["properties"]["apiVersion"]["const"] = string_or(names, "group") + "/" + version;
    schema["properties"]["kind"]["const"] = string_or(at_path(names, {"names"}), "kind");
    schema["required"] = {"apiVersion", "kind", "metadata", "spec"};
    schema["properties"].erase("status"); // the operator's to write
    return schema;
}

} // namespace

const Json& editor_schema() {
    static const Json schema = made();
    return schema;
}

} // namespace pedigree::spec

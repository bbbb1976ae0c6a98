#include "cli/experiment/execution.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/experiment/experiment.h"
#include "pipeline/spec/field_error.h"
#include "pipeline/spec/schema.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t list_items_max = 64;

Error refused(std::string_view path, std::string_view why) {
    return {ErrorCode::InvalidInput, fmt::format("--set {}: {}", path, why)};
}

// A JSON scalar if it reads as one, else the text itself: 4, 0.1, true, "4", adam.
Json parameter_value(std::string_view text) {
    auto value = parse_json(text);
    const bool scalar = value && (value->is_number() || value->is_boolean() || value->is_string());
    return scalar ? std::move(*value) : Json(std::string(text));
}

bool has_type(const Json& value, std::string_view type) {
    return (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number()) || (type == "boolean" && value.is_boolean()) ||
           (type == "array" && value.is_array()) || (type == "object" && value.is_object());
}

// The text as a value of the field's type; a field without one takes any scalar.
Result<Json> value_for(const Json& schema, std::string_view path, std::string_view text) {
    const std::string type = string_or(schema, "type");
    if (type == "string" || bool_or(schema, "x-kubernetes-int-or-string")) {
        return Json(std::string(text));
    }
    if (type.empty()) {
        return parameter_value(text);
    }
    auto value = parse_json(text);
    if (!value || !has_type(*value, type)) {
        return tl::unexpected(refused(path, fmt::format("{} must be of type {}", text, type)));
    }
    return std::move(*value);
}

// A place in a spec on the way down a path, and the schema of what may stand there.
struct Place {
    Json* value;
    const Json* schema;
};

Result<Place> item_of(const Place& list, std::string_view step, std::string_view path) {
    std::size_t index = 0;
    const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
    const std::size_t count = list.value->is_array() ? list.value->size() : 0;
    if (read.ec != std::errc() || read.ptr != step.data() + step.size() || index >= count ||
        index >= list_items_max) {
        return tl::unexpected(refused(
            path, fmt::format("\"{}\" names no item of the list, which has {}", step, count)));
    }
    return Place{&(*list.value)[index], &at_path(*list.schema, {"items"})};
}

Error unknown_field(const Json& properties, std::string_view step, std::string_view path) {
    std::vector<std::string> known;
    for (const auto& [name, schema] : properties.items()) {
        known.push_back(name);
    }
    const std::string nearest = spec::nearest_word(step, known);
    return refused(path, fmt::format("there is no field \"{}\"; {}", step,
                                     nearest.empty()
                                         ? fmt::format("for a parameter write parameters.{}", path)
                                         : fmt::format("did you mean \"{}\"?", nearest)));
}

// Walks to the place, making objects on the way. The keys of a map, such as the names of
// parameters, may hold dots: there the rest of the path is one key.
Result<Place> place_of(Json& spec, std::string_view path) {
    Place place{&spec, &spec::experiment_spec_schema()};
    std::string_view rest = path;
    while (!rest.empty()) {
        const Json& properties = at_path(*place.schema, {"properties"});
        const bool is_list = string_or(*place.schema, "type") == "array";
        const bool is_map = !is_list && !properties.is_object();
        const std::string_view step = is_map ? rest : rest.substr(0, rest.find('.'));
        rest.remove_prefix(std::min(step.size() + 1, rest.size()));
        if (is_list) {
            TRY(place, item_of(place, step, path));
            continue;
        }
        if (string_or(*place.schema, "type", "object") != "object" ||
            !(place.value->is_null() || place.value->is_object())) {
            return tl::unexpected(refused(path, "nothing can stand below a plain value"));
        }
        if (!is_map && !properties.contains(step)) {
            return tl::unexpected(unknown_field(properties, step, path));
        }
        const std::string key(step);
        place = {&(*place.value)[key],
                 is_map ? &at_path(*place.schema, {"additionalProperties"}) : &properties.at(key)};
    }
    return place;
}

} // namespace

std::string next_execution(std::string_view project, const std::vector<std::string>& names) {
    std::uint64_t highest = 0;
    for (const std::string& name : names) {
        if (!name.starts_with(project) || name.size() <= project.size() + 1 ||
            name[project.size()] != '-' || name[project.size() + 1] == '0') {
            continue;
        }
        const char* digits = name.data() + project.size() + 1;
        const char* end = name.data() + name.size();
        std::uint64_t number = 0;
        const auto read = std::from_chars(digits, end, number);
        if (read.ec == std::errc() && read.ptr == end) {
            highest = std::max(highest, number);
        }
    }
    return fmt::format("{}-{}", project, highest + 1);
}

Status assign(Json& spec, std::string_view assignment) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return tl::unexpected(
            refused(assignment, "write NAME=VALUE, such as parameters.train.epochs=4"));
    }
    const std::string_view path = assignment.substr(0, equals);
    TRY(const Place place, place_of(spec, path));
    TRY(*place.value, value_for(*place.schema, path, assignment.substr(equals + 1)));
    return {};
}

Result<Json> execution_spec(const Json& document, const ExecutionChanges& changes) {
    const std::string kind = string_or(document, "kind");
    if (kind != "Experiment") {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("the document's kind is \"{}\"; only an Experiment can run", kind));
    }
    Json spec = at_path(document, {"spec"});
    if (!spec.is_object()) {
        return failure(ErrorCode::InvalidInput, "the document has no spec");
    }
    if (!changes.project.empty()) {
        spec["project"] = changes.project;
    }
    if (!changes.commit.empty()) {
        TRY(assign(spec, "source.git.commit=" + changes.commit));
        spec["source"]["git"].erase("ref");
    }
    for (const std::string& assignment : changes.assignments) {
        TRY(assign(spec, assignment));
    }
    return spec;
}

Json execution_object(const Json& document, Json spec, const ExecutionObject& object) {
    const Json& given = at_path(document, {"metadata"});
    Json metadata = {{"name", object.name}, {"namespace", object.name_space}};
    for (const char* field : {"labels", "annotations"}) {
        const Json& kept = at_path(given, {field});
        if (kept.is_object()) {
            metadata[field] = kept;
        }
    }
    if (object.requested_by.empty()) {
        if (metadata.contains("annotations")) {
            metadata["annotations"].erase(records::requested_by_annotation);
        }
    } else {
        metadata["annotations"][records::requested_by_annotation] = object.requested_by;
    }
    return {{"apiVersion", experiments.api_version()},
            {"kind", experiments.kind},
            {"metadata", std::move(metadata)},
            {"spec", std::move(spec)}};
}

} // namespace pedigree::cli

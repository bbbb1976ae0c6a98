#include "pipeline/spec/schema.h"

#include <cmath>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/syntax.h"
#include "pipeline/spec/yaml.h"

namespace pedigree::spec {

// Defined in the file that CMake writes from manifests/crd/experiment.yaml.
extern const char* const experiment_crd_text;

namespace {

bool preserves_unknown(const Json& schema) {
    return schema.value("x-kubernetes-preserve-unknown-fields", false);
}

// A quantity such as cpu, which Kubernetes takes as 2 and as "2".
bool is_integer_or_string(const Json& schema) {
    return schema.value("x-kubernetes-int-or-string", false);
}

std::string_view type_of(const Json& value) {
    switch (value.type()) {
    case Json::value_t::object:
        return "object";
    case Json::value_t::array:
        return "array";
    case Json::value_t::string:
        return "string";
    case Json::value_t::boolean:
        return "boolean";
    case Json::value_t::null:
        return "null";
    case Json::value_t::number_float:
        return "number";
    default:
        return "integer";
    }
}

bool has_type(const Json& value, const std::string& wanted) {
    if (wanted == "number") {
        return value.is_number();
    }
    if (wanted == "integer" && value.is_number_float()) {
        return std::trunc(value.get<double>()) == value.get<double>();
    }
    return type_of(value) == wanted;
}

// One place gives ranges their codes: deadlines and GPUs have their own.
std::string range_code(const std::string& path) {
    if (path.starts_with("spec.deadlines")) {
        return "E0162";
    }
    return path.starts_with("spec.resources") ? "E0160" : "E0110";
}

std::string type_help(const std::string& wanted, const Json& value) {
    if (wanted == "string" && (value.is_number() || value.is_boolean())) {
        return fmt::format("write it in quotes: \"{}\"", canonical_json(value));
    }
    if (wanted == "integer" && value.is_string()) {
        return "write a whole number, without quotes and without a unit";
    }
    if (wanted == "boolean") {
        return "write true or false";
    }
    return "";
}

void check_number(const Json& value, const Json& schema, const std::string& path,
                  std::vector<FieldError>& errors) {
    const double number = value.get<double>();
    if (schema.contains("minimum") && number < schema["minimum"].get<double>()) {
        errors.push_back({path, FieldErrorType::Invalid, range_code(path), quoted(value),
                          fmt::format("should be greater than or equal to {}",
                                      schema["minimum"].get<std::int64_t>()),
                          ""});
    }
    if (schema.contains("maximum") && number > schema["maximum"].get<double>()) {
        errors.push_back({path, FieldErrorType::Invalid, range_code(path), quoted(value),
                          fmt::format("should be less than or equal to {}",
                                      schema["maximum"].get<std::int64_t>()),
                          ""});
    }
}

void check_string(const Json& value, const Json& schema, const std::string& path,
                  std::vector<FieldError>& errors) {
    const auto text = value.get<std::string>();
    if (schema.contains("enum")) {
        std::string allowed;
        std::vector<std::string> words;
        for (const auto& word : schema["enum"]) {
            if (word == value) {
                return;
            }
            allowed += (allowed.empty() ? "" : ", ") + quoted(word);
            words.push_back(word.get<std::string>());
        }
        const std::string near = nearest_word(text, words);
        errors.push_back({path, FieldErrorType::Unsupported, "E0104", quoted(value),
                          "supported values: " + allowed,
                          near.empty() ? "" : fmt::format("did you mean \"{}\"?", near)});
        return;
    }
    const std::size_t length = code_points(text);
    if (schema.contains("maxLength") && length > schema["maxLength"].get<std::size_t>()) {
        errors.push_back(
            {path, FieldErrorType::TooLong, "E0105", "",
             fmt::format("may not be more than {} bytes", schema["maxLength"].get<std::size_t>()),
             fmt::format("it has {}", length)});
    }
    if (length < schema.value("minLength", std::size_t{0})) {
        errors.push_back({path, FieldErrorType::Invalid, "E0105", quoted(value),
                          fmt::format("should be at least {} chars long",
                                      schema["minLength"].get<std::size_t>()),
                          ""});
    }
}

void check_count(std::size_t count, std::size_t minimum, std::size_t maximum,
                 const std::string& path, std::vector<FieldError>& errors) {
    if (count > maximum) {
        errors.push_back({path, FieldErrorType::TooMany, "E0105", fmt::format("{}", count),
                          fmt::format("must have at most {} items", maximum), ""});
    }
    if (count < minimum) {
        errors.push_back({path, FieldErrorType::Invalid, "E0105", fmt::format("{}", count),
                          fmt::format("should have at least {} items", minimum), ""});
    }
}

void check_array(const Json& value, const Json& schema, const std::string& path,
                 std::vector<FieldError>& errors) {
    check_count(value.size(), schema.value("minItems", std::size_t{0}),
                schema.value("maxItems", SIZE_MAX), path, errors);
    const bool keyed = schema.value("x-kubernetes-list-type", "") == "map";
    std::set<std::string> names;
    for (std::size_t i = 0; i < value.size() && i < schema.value("maxItems", SIZE_MAX); ++i) {
        const std::string at = item_path(path, i);
        check_structure(value[i], schema["items"], at, errors);
        if (keyed && value[i].is_object() && !names.insert(string_or(value[i], "name")).second) {
            errors.push_back({child_path(at, "name"), FieldErrorType::Duplicate, "E0111",
                              quoted(value[i].value("name", Json())), "",
                              "names in a list are unique"});
        }
    }
}

void check_object(const Json& value, const Json& schema, const std::string& path,
                  std::vector<FieldError>& errors) {
    check_count(value.size(), 0, schema.value("maxProperties", SIZE_MAX), path, errors);
    const Json& properties = at_path(schema, {"properties"});
    for (const auto& [key, member] : value.items()) {
        const std::string at = child_path(path, key);
        if (properties.contains(key)) {
            if (!member.is_null()) { // the API server drops null fields
                check_structure(member, properties[key], at, errors);
            }
        } else if (schema.contains("additionalProperties")) {
            check_structure(member, schema["additionalProperties"], at, errors);
        } else if (!preserves_unknown(schema)) {
            std::vector<std::string> known;
            for (const auto& [name, unused] : properties.items()) {
                known.push_back(name);
            }
            const std::string near = nearest_word(key, known);
            errors.push_back({at, FieldErrorType::Unknown, "E0101", "", "",
                              near.empty() ? "" : fmt::format("did you mean \"{}\"?", near)});
        }
    }
    for (const auto& name : at_path(schema, {"required"})) {
        const auto found = value.find(name.get<std::string>());
        if (found == value.end() || found->is_null()) {
            errors.push_back({child_path(path, name.get<std::string>()), FieldErrorType::Required,
                              "E0100", "", "", ""});
        }
    }
}

} // namespace

const Json& experiment_crd() {
    static const Json crd = [] {
        auto document = parse_yaml(experiment_crd_text);
        if (!document) { // it is part of the program: a test parses it
            throw std::logic_error("manifests/crd/experiment.yaml: " + document.error().message);
        }
        return *std::move(document);
    }();
    return crd;
}

const Json& experiment_schema() {
    return experiment_crd()["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
}

const Json& experiment_spec_schema() {
    return experiment_schema()["properties"]["spec"];
}

void check_structure(const Json& value, const Json& schema, const std::string& path,
                     std::vector<FieldError>& errors) {
    if (is_integer_or_string(schema)) {
        if (!value.is_string() && !value.is_number_integer()) {
            errors.push_back({path, FieldErrorType::Invalid, "E0102", quoted(value),
                              fmt::format("must be an integer or a string, not {}", type_of(value)),
                              type_help("string", value)});
        }
        return;
    }
    if (!schema.contains("type")) { // any JSON: rules look at it
        return;
    }
    const auto wanted = schema["type"].get<std::string>();
    if (!has_type(value, wanted)) {
        errors.push_back({path, FieldErrorType::Invalid, "E0102", quoted(value),
                          fmt::format("must be of type {}, not {}", wanted, type_of(value)),
                          type_help(wanted, value)});
        return;
    }
    if (value.is_object()) {
        check_object(value, schema, path, errors);
    } else if (value.is_array()) {
        check_array(value, schema, path, errors);
    } else if (value.is_string()) {
        check_string(value, schema, path, errors);
    } else if (value.is_number()) {
        check_number(value, schema, path, errors);
    }
}

Json with_defaults(const Json& value, const Json& schema) {
    if (value.is_array() && schema.contains("items")) {
        Json out = Json::array();
        for (const auto& item : value) {
            out.push_back(with_defaults(item, schema["items"]));
        }
        return out;
    }
    if (is_integer_or_string(schema) && value.is_number_integer()) {
        return canonical_json(value); // 2 and "2" are the same, to the rules and to the hash
    }
    if (!value.is_object() || preserves_unknown(schema)) {
        return value;
    }
    Json out = Json::object();
    const Json& properties = at_path(schema, {"properties"});
    for (const auto& [key, member] : value.items()) {
        if (!properties.contains(key)) {
            out[key] = member;
        } else if (!member.is_null()) {
            out[key] = with_defaults(member, properties[key]);
        }
    }
    for (const auto& [key, property] : properties.items()) {
        if (!out.contains(key) && property.contains("default")) {
            out[key] = with_defaults(property["default"], property);
        }
    }
    return out;
}

} // namespace pedigree::spec

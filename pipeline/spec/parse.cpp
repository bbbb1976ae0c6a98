#include "pipeline/spec/parse.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "pipeline/spec/rules.h"
#include "pipeline/spec/schema.h"

namespace pedigree::spec {
namespace {

// Numbers without a fraction are integers: the API server stores 1.0 as 1.
ParameterValue parameter_from(const Json& value) {
    constexpr double exact_max = 9007199254740992.0; // 2^53
    if (value.is_boolean()) {
        return value.get<bool>();
    }
    if (value.is_string()) {
        return value.get<std::string>();
    }
    const double number = value.get<double>();
    if (value.is_number_integer() ||
        (std::trunc(number) == number && std::abs(number) <= exact_max)) {
        return value.get<std::int64_t>();
    }
    return number;
}

std::map<std::string, std::string> strings_from(const Json& object) {
    std::map<std::string, std::string> strings;
    for (const auto& [key, value] : object.items()) {
        strings.emplace(key, value.get<std::string>());
    }
    return strings;
}

SourceSpec source_from(const Json& source) {
    const Json& git = source["git"];
    return {.git = {.url = string_or(git, "url"),
                    .ref = string_or(git, "ref"),
                    .commit = string_or(git, "commit"),
                    .secret_name = string_or(git, "secretName"),
                    .submodules = string_or(git, "submodules") == "Pinned" ? Submodules::Pinned
                                                                           : Submodules::Refuse},
            .subdirectory = string_or(source, "subdirectory")};
}

ImageSpec image_from(const Json& image) {
    ImageSpec out{.base = string_or(image, "base"),
                  .lock_file = string_or(image, "lockFile"),
                  .pull_secret_name = string_or(image, "pullSecretName"),
                  .prebuilt = std::nullopt,
                  .gate = string_or(image, "gate") == "None" ? ImageGate::None : ImageGate::Import,
                  .layers =
                      from_word<LayerForm>(string_or(image, "layers")).value_or(LayerForm::Gzip)};
    if (image.contains("prebuilt")) {
        const Json& prebuilt = image["prebuilt"];
        out.prebuilt = PrebuiltImage{string_or(prebuilt, "image"), bool_or(prebuilt, "asIs")};
    }
    return out;
}

InputSpec input_from(const Json& input) {
    InputSpec out{.name = string_or(input, "name"),
                  .kind =
                      from_word<InputKind>(string_or(input, "kind")).value_or(InputKind::Dataset),
                  .role = string_or(input, "role"),
                  .slice = string_or(input, "slice"),
                  .uri = string_or(input, "uri"),
                  .digest = Digest::parse(string_or(input, "digest")).value_or(Digest{}),
                  .mount_path = string_or(input, "mountPath"),
                  .secret_name = string_or(input, "secretName")};
    if (out.mount_path.empty()) {
        out.mount_path = "/inputs/" + out.name;
    }
    return out;
}

ResourcesSpec resources_from(const Json& resources) {
    return {.gpu_count = integer_or(resources["gpu"], "count"),
            .gpu_product = string_or(resources["gpu"], "product"),
            .cpu = string_or(resources, "cpu"),
            .memory = string_or(resources, "memory"),
            .shared_memory = string_or(resources, "sharedMemory"),
            .scratch = string_or(resources, "scratch")};
}

RetriesSpec retries_from(const Json& retries) {
    return {.infrastructure = integer_or(retries, "infrastructure"),
            .out_of_memory = integer_or(retries, "outOfMemory"),
            .user_code = integer_or(retries, "userCode"),
            .memory_limit = string_or(retries, "memoryLimit")};
}

DeadlinesSpec deadlines_from(const Json& deadlines) {
    return {.queue_seconds = integer_or(deadlines, "queueSeconds"),
            .build_seconds = integer_or(deadlines, "buildSeconds"),
            .prepare_seconds = integer_or(deadlines, "prepareSeconds"),
            .train_seconds = integer_or(deadlines, "trainSeconds"),
            .stop_seconds = integer_or(deadlines, "stopSeconds"),
            .drain_seconds = integer_or(deadlines, "drainSeconds")};
}

// `spec` is valid and has its defaults.
ExperimentSpec spec_from(const Json& spec) {
    ExperimentSpec out;
    out.suspend = bool_or(spec, "suspend");
    out.cancel = bool_or(spec, "cancel");
    out.project = string_or(spec, "project");
    out.source = source_from(spec["source"]);
    out.image = image_from(spec["image"]);
    out.command = spec["command"].get<std::vector<std::string>>();
    for (const auto& [name, value] : spec["parameters"].items()) {
        out.parameters.emplace(name, parameter_from(value));
    }
    const Json& parameters_as = spec["parametersAs"];
    out.parameters_as = {.file = bool_or(parameters_as, "file"),
                         .arguments = strings_from(parameters_as["arguments"]),
                         .environment = strings_from(parameters_as["environment"])};
    for (const auto& input : spec["inputs"]) {
        out.inputs.push_back(input_from(input));
    }
    if (const Json& mlflow = at_path(spec, {"trackers", "mlflow"}); mlflow.is_object()) {
        out.mlflow = MlflowSpec{string_or(mlflow, "url"), string_or(mlflow, "experimentName"),
                                string_or(mlflow, "secretName")};
    }
    if (spec.contains("search")) {
        out.search_json = canonical_json(spec["search"]);
    }
    out.resources = resources_from(spec["resources"]);
    out.retries = retries_from(spec["retries"]);
    out.deadlines = deadlines_from(spec["deadlines"]);
    for (const auto& output : spec["outputs"]) {
        out.outputs.push_back(
            {.name = string_or(output, "name"),
             .path = string_or(output, "path"),
             .kind = from_word<OutputKind>(string_or(output, "kind")).value_or(OutputKind::Model)});
    }
    if (spec.contains("seed")) {
        out.seed = spec["seed"].get<std::int64_t>();
    }
    return out;
}

// What of a field must stay as it is.
Json frozen_part(const Json& spec, const std::string& name) {
    Json part = at_path(spec, {name});
    if (name == "search" && part.is_object()) {
        part.erase("maxTrials");
        part.erase("parallelTrials");
    }
    return part;
}

} // namespace

std::vector<FieldError> validate(const Json& document) {
    if (!document.is_object()) {
        return {{"", FieldErrorType::Invalid, "E0102", quoted(document), "must be an object", ""}};
    }
    Json known = document; // metadata and status belong to the API server
    known.erase("status");
    known.erase("metadata");
    std::vector<FieldError> structural;
    check_structure(known, experiment_schema(), "", structural);
    known = with_defaults(known, experiment_schema());
    if (document.contains("metadata")) {
        known["metadata"] = document["metadata"];
    }
    std::vector<FieldError> errors = structural;
    check_rules(known, structural, errors);
    return errors;
}

std::vector<FieldError> validate_spec(const Json& spec) {
    return validate(Json{{"spec", spec}});
}

std::vector<FieldError> validate_update(const Json& old_spec, const Json& new_spec) {
    const Json before = with_defaults(old_spec, experiment_spec_schema());
    const Json after = with_defaults(new_spec, experiment_spec_schema());
    std::vector<FieldError> errors;
    for (const auto& [name, unused] : experiment_spec_schema()["properties"].items()) {
        const std::string path = child_path("spec", name);
        if (name == "suspend") {
            continue;
        }
        if (name == "cancel") {
            if (bool_or(before, name) && !bool_or(after, name)) {
                errors.push_back({path, FieldErrorType::Forbidden, std::string(cancel_code), "",
                                  std::string(cancel_message), ""});
            }
            continue;
        }
        if (frozen_part(before, name) != frozen_part(after, name)) {
            errors.push_back({path, FieldErrorType::Forbidden, std::string(immutable_code), "",
                              std::string(immutable_message), ""});
        }
    }
    return errors;
}

Result<ExperimentSpec> parse(const Json& spec) {
    if (const auto errors = validate_spec(spec); !errors.empty()) {
        return failure(ErrorCode::InvalidInput, "InvalidSpec", to_text(errors));
    }
    return spec_from(with_defaults(spec, experiment_spec_schema()));
}

} // namespace pedigree::spec

#include "pipeline/spec/canonical.h"

#include <nlohmann/json.hpp>

namespace pedigree::spec {
namespace {

Json to_json(const ParameterValue& value) {
    return std::visit([](const auto& scalar) { return Json(scalar); }, value);
}

Json source_json(const SourceSpec& source) {
    Json git = {{"url", source.git.url},
                {"ref", source.git.ref},
                {"commit", source.git.commit},
                {"secretName", source.git.secret_name}};
    if (source.git.submodules == Submodules::Pinned) { // as for a gate, below
        git["submodules"] = "Pinned";
    }
    return {{"git", std::move(git)}, {"subdirectory", source.subdirectory}};
}

Json image_json(const ImageSpec& image) {
    Json out = {{"base", image.base},
                {"lockFile", image.lock_file},
                {"pullSecretName", image.pull_secret_name}};
    if (image.prebuilt) {
        out["prebuilt"] = {{"image", image.prebuilt->image}, {"asIs", image.prebuilt->as_is}};
    }
    // Without them a spec has the hash that it always had.
    if (image.gate == ImageGate::None) {
        out["gate"] = "None";
    }
    if (image.layers != LayerForm::Gzip) {
        out["layers"] = to_string(image.layers);
    }
    return out;
}

Json inputs_json(const std::vector<InputSpec>& inputs) {
    Json out = Json::array();
    for (const auto& input : inputs) {
        out.push_back({{"name", input.name},
                       {"kind", to_string(input.kind)},
                       {"role", input.role},
                       {"slice", input.slice},
                       {"uri", input.uri},
                       {"digest", input.digest.text()},
                       {"mountPath", input.mount_path},
                       {"secretName", input.secret_name}});
    }
    return out;
}

Json trackers_json(const std::optional<MlflowSpec>& mlflow) {
    Json out = Json::object();
    if (mlflow) {
        out["mlflow"] = {{"url", mlflow->url},
                         {"experimentName", mlflow->experiment_name},
                         {"secretName", mlflow->secret_name}};
    }
    return out;
}

Json resources_json(const ResourcesSpec& resources) {
    return {{"gpu", {{"count", resources.gpu_count}, {"product", resources.gpu_product}}},
            {"cpu", resources.cpu},
            {"memory", resources.memory},
            {"sharedMemory", resources.shared_memory},
            {"scratch", resources.scratch}};
}

Json retries_json(const RetriesSpec& retries) {
    return {{"infrastructure", retries.infrastructure},
            {"outOfMemory", retries.out_of_memory},
            {"userCode", retries.user_code},
            {"memoryLimit", retries.memory_limit}};
}

Json deadlines_json(const DeadlinesSpec& deadlines) {
    return {
        {"queueSeconds", deadlines.queue_seconds},     {"buildSeconds", deadlines.build_seconds},
        {"prepareSeconds", deadlines.prepare_seconds}, {"trainSeconds", deadlines.train_seconds},
        {"stopSeconds", deadlines.stop_seconds},       {"drainSeconds", deadlines.drain_seconds}};
}

Json outputs_json(const std::vector<OutputSpec>& outputs) {
    Json out = Json::array();
    for (const auto& output : outputs) {
        out.push_back(
            {{"name", output.name}, {"path", output.path}, {"kind", to_string(output.kind)}});
    }
    return out;
}

} // namespace

Json parameters_json(const ExperimentSpec& spec) {
    Json out = Json::object();
    for (const auto& [name, value] : spec.parameters) {
        out[name] = to_json(value);
    }
    return out;
}

std::string parameter_text(const ParameterValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    return canonical_json(to_json(value));
}

Json to_canonical_json(const ExperimentSpec& spec) {
    Json out = {{"project", spec.project},
                {"source", source_json(spec.source)},
                {"image", image_json(spec.image)},
                {"command", spec.command},
                {"parameters", parameters_json(spec)},
                {"parametersAs",
                 {{"file", spec.parameters_as.file},
                  {"arguments", spec.parameters_as.arguments},
                  {"environment", spec.parameters_as.environment}}},
                {"inputs", inputs_json(spec.inputs)},
                {"trackers", trackers_json(spec.mlflow)},
                {"resources", resources_json(spec.resources)},
                {"retries", retries_json(spec.retries)},
                {"deadlines", deadlines_json(spec.deadlines)},
                {"outputs", outputs_json(spec.outputs)}};
    if (!spec.search_json.empty()) {
        out["search"] = Json::parse(spec.search_json);
    }
    if (spec.seed) {
        out["seed"] = *spec.seed;
    }
    return out;
}

Digest spec_hash(const ExperimentSpec& spec) {
    return sha256(canonical_json(to_canonical_json(spec)));
}

} // namespace pedigree::spec

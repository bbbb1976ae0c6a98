#include "records/pod/config.h"

#include "base/digest.h"
#include "records/fields.h"

namespace pedigree::records::pod {

template <typename Visit, Is<ObjectStore> Self>
void describe(Visit& visit, Self& store) {
    visit.required("endpoint", store.endpoint);
    visit("region", store.region);
    visit.required("bucket", store.bucket);
    visit("prefix", store.prefix);
    visit("credentialsDirectory", store.credentials_directory);
}

template <typename Visit, Is<PodInput> Self>
void describe(Visit& visit, Self& input) {
    visit.required("name", input.name);
    visit("kind", input.kind);
    visit("role", input.role);
    visit("slice", input.slice);
    visit.required("uri", input.uri);
    visit.required("digest", input.digest, Digest::parse);
    visit("credentialsDirectory", input.credentials_directory);
    visit.required("directory", input.directory);
}

template <typename Visit, Is<PodMlflow> Self>
void describe(Visit& visit, Self& mlflow) {
    visit.required("url", mlflow.url);
    visit("experimentId", mlflow.experiment_id);
    visit("experimentName", mlflow.experiment_name);
    visit("parentRunId", mlflow.parent_run_id);
    visit("credentialsDirectory", mlflow.credentials_directory);
    visit("tags", mlflow.tags);
}

template <typename Visit, Is<PodOutput> Self>
void describe(Visit& visit, Self& output) {
    visit.required("name", output.name);
    visit.required("path", output.path);
    visit("kind", output.kind);
}

template <typename Visit, Is<PodConfig> Self>
void describe(Visit& visit, Self& config) {
    visit.required("experimentUid", config.experiment_uid);
    visit("experimentName", config.experiment_name);
    visit("namespace", config.name_space);
    visit("project", config.project);
    visit("trial", config.trial);
    visit("attempt", config.attempt);
    visit("operatorUrl", config.operator_url);
    visit("operatorCaPem", config.operator_ca_pem);
    visit("caPem", config.ca_pem);
    visit.required("artifactStore", config.artifact_store);
    visit("inputPrefix", config.input_prefix);
    visit("inputs", config.inputs);
    visit("mlflow", config.mlflow);
    visit("outputs", config.outputs);
    visit("objectiveMetric", config.objective_metric);
    visit("parametersJson", config.parameters_json);
    visit("prepareSeconds", config.prepare_seconds);
    visit("trainSeconds", config.train_seconds);
    visit("stopSeconds", config.stop_seconds);
    visit("drainSeconds", config.drain_seconds);
    visit("logBytesMax", config.log_bytes_max);
}

Json to_json(const PodConfig& config) {
    return encoded(config);
}

Result<PodConfig> pod_config_from(const Json& document) {
    return decoded<PodConfig>(document);
}

PodConfig in_pod(PodConfig config, const std::string& pod_uid) {
    if (config.mlflow) {
        for (auto& [name, value] : config.mlflow->tags) {
            value = value == pod_uid_reference ? pod_uid : value;
        }
    }
    return config;
}

} // namespace pedigree::records::pod

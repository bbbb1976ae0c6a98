#include "records/pod/config.h"

#include "records/pod/fields.h"

namespace pedigree::records::pod {
namespace {

Json encode(const ObjectStore& store) {
    return {{"endpoint", store.endpoint},
            {"region", store.region},
            {"bucket", store.bucket},
            {"prefix", store.prefix},
            {"credentialsDirectory", store.credentials_directory}};
}

Json encode(const PodInput& input) {
    return {{"name", input.name},
            {"kind", input.kind},
            {"role", input.role},
            {"slice", input.slice},
            {"uri", input.uri},
            {"digest", input.digest},
            {"credentialsDirectory", input.credentials_directory},
            {"directory", input.directory}};
}

Json encode(const PodMlflow& mlflow) {
    return {{"url", mlflow.url},
            {"experimentId", mlflow.experiment_id},
            {"experimentName", mlflow.experiment_name},
            {"parentRunId", mlflow.parent_run_id},
            {"credentialsDirectory", mlflow.credentials_directory},
            {"tags", mlflow.tags}};
}

Json encode(const PodOutput& output) {
    return {{"name", output.name}, {"path", output.path}, {"kind", output.kind}};
}

Result<ObjectStore> decode_store(const Json& document) {
    ObjectStore store;
    TRY(store.endpoint, string_field(document, "endpoint"));
    TRY(read(document, "region", store.region));
    TRY(store.bucket, string_field(document, "bucket"));
    TRY(read(document, "prefix", store.prefix));
    TRY(read(document, "credentialsDirectory", store.credentials_directory));
    return store;
}

Result<PodInput> decode_input(const Json& document) {
    PodInput input;
    TRY(input.name, string_field(document, "name"));
    TRY(read(document, "kind", input.kind));
    TRY(read(document, "role", input.role));
    TRY(read(document, "slice", input.slice));
    TRY(input.uri, string_field(document, "uri"));
    TRY(input.digest, string_field(document, "digest"));
    TRY(read(document, "credentialsDirectory", input.credentials_directory));
    TRY(input.directory, string_field(document, "directory"));
    return input;
}

Result<PodMlflow> decode_mlflow(const Json& document) {
    PodMlflow mlflow;
    TRY(mlflow.url, string_field(document, "url"));
    TRY(read(document, "experimentId", mlflow.experiment_id));
    TRY(read(document, "experimentName", mlflow.experiment_name));
    TRY(read(document, "parentRunId", mlflow.parent_run_id));
    TRY(read(document, "credentialsDirectory", mlflow.credentials_directory));
    TRY(read(document, "tags", mlflow.tags));
    return mlflow;
}

Result<PodOutput> decode_output(const Json& document) {
    PodOutput output;
    TRY(output.name, string_field(document, "name"));
    TRY(output.path, string_field(document, "path"));
    TRY(read(document, "kind", output.kind));
    return output;
}

Status decode_seconds(const Json& document, PodConfig& config) {
    TRY(read(document, "prepareSeconds", config.prepare_seconds));
    TRY(read(document, "trainSeconds", config.train_seconds));
    TRY(read(document, "stopSeconds", config.stop_seconds));
    TRY(read(document, "drainSeconds", config.drain_seconds));
    return read(document, "logBytesMax", config.log_bytes_max);
}

} // namespace

Json to_json(const PodConfig& config) {
    Json document = {{"experimentUid", config.experiment_uid},
                     {"experimentName", config.experiment_name},
                     {"namespace", config.name_space},
                     {"project", config.project},
                     {"trial", config.trial},
                     {"attempt", config.attempt},
                     {"operatorUrl", config.operator_url},
                     {"operatorCaPem", config.operator_ca_pem},
                     {"caPem", config.ca_pem},
                     {"artifactStore", encode(config.artifact_store)},
                     {"inputs", Json::array()},
                     {"outputs", Json::array()},
                     {"parametersJson", config.parameters_json},
                     {"prepareSeconds", config.prepare_seconds},
                     {"trainSeconds", config.train_seconds},
                     {"stopSeconds", config.stop_seconds},
                     {"drainSeconds", config.drain_seconds},
                     {"logBytesMax", config.log_bytes_max}};
    for (const PodInput& input : config.inputs) {
        document["inputs"].push_back(encode(input));
    }
    for (const PodOutput& output : config.outputs) {
        document["outputs"].push_back(encode(output));
    }
    if (config.mlflow) {
        document["mlflow"] = encode(*config.mlflow);
    }
    return document;
}

Result<PodConfig> pod_config_from(const Json& document) {
    PodConfig config;
    TRY(config.experiment_uid, string_field(document, "experimentUid"));
    TRY(read(document, "experimentName", config.experiment_name));
    TRY(read(document, "namespace", config.name_space));
    TRY(read(document, "project", config.project));
    TRY(read(document, "trial", config.trial));
    TRY(read(document, "attempt", config.attempt));
    TRY(read(document, "operatorUrl", config.operator_url));
    TRY(read(document, "operatorCaPem", config.operator_ca_pem));
    TRY(read(document, "caPem", config.ca_pem));
    TRY(config.artifact_store, decode_store(at_path(document, {"artifactStore"})));
    TRY(read_list(document, "inputs", config.inputs, decode_input));
    TRY(read_list(document, "outputs", config.outputs, decode_output));
    if (!absent(document, "mlflow")) {
        TRY(config.mlflow, decode_mlflow(at_path(document, {"mlflow"})));
    }
    TRY(read(document, "parametersJson", config.parameters_json));
    TRY(decode_seconds(document, config));
    return config;
}

} // namespace pedigree::records::pod

#include <nlohmann/json.hpp>

#include "experiment/job/job.h"
#include "pipeline/spec/canonical.h"
#include "records/pod/config.h"
#include "records/pod/paths.h"

namespace pedigree::experiment {
namespace {

namespace pod = records::pod;

std::string credentials(const std::string& secret_name) {
    return secret_name.empty() ? "" : std::string(pod::credentials_directory) + "/" + secret_name;
}

pod::PodInput pod_input(const spec::InputSpec& input) {
    return {.name = input.name,
            .kind = std::string(to_string(input.kind)),
            .role = input.role,
            .slice = input.slice,
            .uri = input.uri,
            .digest = input.digest.text(),
            .credentials_directory = credentials(input.secret_name),
            .directory = std::string(pod::inputs_directory) + "/" + input.name};
}

} // namespace

std::string pod_config_json(const JobDemand& demand) {
    pod::PodConfig config;
    config.experiment_uid = demand.experiment.uid;
    config.experiment_name = demand.experiment.name;
    config.name_space = demand.experiment.name_space;
    config.project = demand.experiment.project;
    config.trial = demand.attempt.trial;
    config.attempt = demand.attempt.number;
    config.operator_url = demand.operator_url;
    config.operator_ca_pem = demand.operator_ca_pem;
    config.ca_pem = demand.platform.ca_bundle;
    const auto& store = demand.platform.artifact_store;
    config.artifact_store = {.endpoint = store.endpoint,
                             .region = store.region,
                             .bucket = store.bucket,
                             .prefix = demand.attempt.keys_begin_with(store.prefix),
                             .credentials_directory = credentials(store.secret_name)};
    config.input_prefix = store.keys_of(demand.experiment.name_space);
    for (const spec::InputSpec& input : demand.spec.inputs) {
        config.inputs.push_back(pod_input(input));
    }
    if (demand.spec.mlflow) {
        config.mlflow =
            pod::PodMlflow{.url = demand.spec.mlflow->url,
                           .experiment_id = demand.experiment.tracker_experiment_id,
                           .experiment_name = demand.spec.mlflow->experiment_name,
                           .parent_run_id = demand.experiment.parent_run_id,
                           .credentials_directory = credentials(demand.spec.mlflow->secret_name),
                           .tags = demand.run_tags};
    }
    for (const spec::OutputSpec& output : demand.spec.outputs) {
        config.outputs.push_back({output.name, output.path, std::string(to_string(output.kind))});
    }
    config.objective_metric = demand.objective_metric;
    config.parameters_json = canonical_json(spec::parameters_json(demand.spec));
    config.prepare_seconds = demand.spec.deadlines.prepare_seconds;
    config.train_seconds = train_seconds_left(demand);
    config.stop_seconds = demand.spec.deadlines.stop_seconds;
    config.drain_seconds = demand.spec.deadlines.drain_seconds;
    return canonical_json(pod::to_json(config));
}

Json build_configuration(const JobDemand& demand) {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata",
             {{"name", demand.attempt.job_name},
              {"namespace", demand.experiment.name_space},
              {"labels", labels_of(demand)},
              {"ownerReferences", Json::array({owner_of(demand.experiment)})}}},
            {"immutable", true},
            {"data", {{pod::configuration_file_name, pod_config_json(demand)}}}};
}

} // namespace pedigree::experiment

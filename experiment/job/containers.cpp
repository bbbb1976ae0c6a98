// The three containers of a training pod.

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "experiment/job/job.h"
#include "pipeline/plan/command.h"
#include "pipeline/run/pod_facts.h"
#include "pipeline/spec/canonical.h"
#include "records/pod/config.h"
#include "records/pod/paths.h"

namespace pedigree::experiment {
namespace {

namespace pod = records::pod;

Json mount(const std::string& volume, const std::string& path, bool read_only,
           const std::string& sub_path = "") {
    Json entry{{"name", volume}, {"mountPath", path}, {"readOnly", read_only}};
    if (!sub_path.empty()) {
        entry["subPath"] = sub_path;
    }
    return entry;
}

Json variable(const std::string& name, const std::string& value) {
    return {{"name", name}, {"value", without_expansion(value)}};
}

Json field(const std::string& name, const std::string& path) {
    return {{"name", name}, {"valueFrom", {{"fieldRef", {{"fieldPath", path}}}}}};
}

Json restricted() {
    return {{"allowPrivilegeEscalation", false},
            {"readOnlyRootFilesystem", true},
            {"capabilities", {{"drop", Json::array({"ALL"})}}}};
}

// The pod's identity comes first: later values refer to it as $(PEDIGREE_POD_UID).
Json identity() {
    return Json::array({field("PEDIGREE_POD_UID", "metadata.uid"),
                        field("PEDIGREE_POD_NAME", "metadata.name"),
                        field("PEDIGREE_NODE_NAME", "spec.nodeName")});
}

Json credential_mounts(const JobDemand& demand) {
    Json mounts = Json::array();
    for (const Json& volume : pod_volumes(demand)) {
        if (volume.contains("secret")) {
            mounts.push_back(mount(volume["name"],
                                   std::string(pod::credentials_directory) + "/" +
                                       volume["secret"]["secretName"].get<std::string>(),
                                   true));
        }
        if (volume.contains("persistentVolumeClaim")) {
            mounts.push_back(
                mount(volume["name"],
                      "/claims/" + volume["persistentVolumeClaim"]["claimName"].get<std::string>(),
                      true));
        }
    }
    return mounts;
}

Json own_container(const JobDemand& demand, const char* name, const char* command, Json mounts) {
    mounts.push_back(mount("configuration", pod::configuration_directory, true));
    for (const Json& entry : credential_mounts(demand)) {
        mounts.push_back(entry);
    }
    return {
        {"name", name},
        {"image", demand.platform.pod_image},
        {"command", Json::array({"/usr/bin/pedigree-recorder", command, "--configuration-digest",
                                 sha256(pod_config_json(demand)).text()})},
        {"env", identity()},
        {"securityContext", restricted()},
        {"resources",
         {{"requests", {{"cpu", recorder_cpu}, {"memory", recorder_memory}}},
          {"limits", {{"cpu", recorder_cpu_max}, {"memory", recorder_memory}}}}},
        {"volumeMounts", std::move(mounts)}};
}

// The one value that the kubelet is to fill in, the attempt's uid; all else is literal.
std::string run_context(const JobDemand& demand) {
    Json tags = Json::object();
    for (const auto& [name, value] : demand.run_tags) {
        tags[without_expansion(name)] =
            value == pod::pod_uid_reference ? value : without_expansion(value);
    }
    return canonical_json(tags);
}

Json train_environment(const JobDemand& demand) {
    Json environment = identity();
    environment.push_back(variable("HOME", pod::home_directory));
    environment.push_back(variable("TMPDIR", pod::temporary_directory));
    environment.push_back(variable("PEDIGREE_PARAMETERS", pod::parameters_path));
    if (demand.spec.seed) {
        const std::string seed = std::to_string(*demand.spec.seed);
        environment.push_back(variable("PEDIGREE_SEED", seed));
        environment.push_back(variable("PYTHONHASHSEED", seed));
    }
    if (demand.spec.resources.gpu_count == 0) {
        environment.push_back(variable(gpus_variable, no_gpus));
    }
    const auto of_parameters = plan::parameter_environment(demand.spec);
    for (const auto& [name, value] : demand.environment) {
        if (!of_parameters.contains(name)) {
            environment.push_back(variable(name, value));
        }
    }
    for (const auto& [name, value] : of_parameters) {
        environment.push_back(variable(name, value));
    }
    if (demand.spec.mlflow) {
        environment.push_back(variable("MLFLOW_TRACKING_URI",
                                       "http://127.0.0.1:" + std::to_string(pod::recorder_port)));
        environment.push_back(
            variable("MLFLOW_EXPERIMENT_NAME", demand.spec.mlflow->experiment_name));
        environment.push_back(variable("MLFLOW_DISABLE_TELEMETRY", "true"));
        environment.push_back({{"name", "MLFLOW_RUN_CONTEXT"}, {"value", run_context(demand)}});
    }
    return environment;
}

Json train_resources(const JobDemand& demand) {
    const spec::ResourcesSpec& resources = demand.spec.resources;
    Json amounts{{"cpu", resources.cpu}, {"memory", demand.attempt.memory}};
    Json limits = amounts;
    if (resources.gpu_count > 0) {
        amounts["nvidia.com/gpu"] = std::to_string(resources.gpu_count);
        limits["nvidia.com/gpu"] = std::to_string(resources.gpu_count);
    }
    return {{"requests", std::move(amounts)}, {"limits", std::move(limits)}};
}

Json train_command(const JobDemand& demand) {
    const spec::DeadlinesSpec& deadlines = demand.spec.deadlines;
    Json command = Json::array({pod::launcher_path});
    const bool as_is = demand.spec.image.prebuilt && demand.spec.image.prebuilt->as_is;
    if (!as_is) {
        command.push_back("--code");
        command.push_back(pod::code_directory);
    }
    const auto option = [&](const char* name, std::int64_t value) {
        command.push_back(name);
        command.push_back(std::to_string(value));
    };
    option("--train-seconds", train_seconds_left(demand));
    option("--stop-seconds", deadlines.stop_seconds);
    option("--drain-seconds", deadlines.drain_seconds);
    command.push_back("--configuration-digest");
    command.push_back(sha256(pod_config_json(demand)).text());
    command.push_back("--parameters-digest");
    command.push_back(sha256(canonical_json(spec::parameters_json(demand.spec))).text());
    command.push_back("--");
    for (const std::string& argument : plan::command_line(demand.spec)) {
        command.push_back(without_expansion(argument));
    }
    return command;
}

} // namespace

Json prepare_container(const JobDemand& demand) {
    return own_container(demand, run::prepare_container, "prepare",
                         Json::array({mount("workspace", pod::scratch_directory, false),
                                      mount("tools", pod::tools_directory, false),
                                      mount("inputs", pod::inputs_directory, false),
                                      mount("journal", pod::journal_directory, false)}));
}

Json recorder_container(const JobDemand& demand) {
    Json container = own_container(
        demand, run::recorder_container, "record",
        Json::array({mount("workspace", pod::workspace_directory, true, pod::work_folder),
                     mount("workspace", pod::exchange_directory, false, pod::exchange_folder),
                     mount("tools", pod::tools_directory, true),
                     mount("inputs", pod::inputs_directory, true),
                     mount("journal", pod::journal_directory, false),
                     mount("token", "/var/run/secrets/pedigree.dev", true)}));
    container["restartPolicy"] = "Always"; // a native sidecar
    container["startupProbe"] = {
        {"exec", {{"command", Json::array({"/usr/bin/pedigree-recorder", "healthy"})}}},
        {"periodSeconds", 1},
        {"timeoutSeconds", 5},
        {"failureThreshold", demand.spec.deadlines.prepare_seconds}};
    return container;
}

Json train_container(const JobDemand& demand) {
    Json mounts =
        Json::array({mount("workspace", pod::workspace_directory, false, pod::work_folder),
                     mount("workspace", pod::home_directory, false, pod::home_folder),
                     mount("workspace", pod::temporary_directory, false, pod::temporary_folder),
                     mount("workspace", pod::exchange_directory, false, pod::exchange_folder),
                     mount("tools", pod::tools_directory, true),
                     mount("tools", pod::passwd_path, true, pod::passwd_file_name),
                     mount("configuration", pod::configuration_directory, true),
                     mount("shared-memory", "/dev/shm", false)});
    for (const spec::InputSpec& input : demand.spec.inputs) {
        mounts.push_back(mount("inputs", input.mount_path, true, input.name));
    }
    Json security = restricted();
    security["readOnlyRootFilesystem"] = false; // scripts of the field write where they like
    return {{"name", run::train_container},
            {"image", demand.platform.registry.as_pulled(demand.experiment.image)},
            {"command", train_command(demand)},
            {"workingDir", pod::workspace_directory},
            {"env", train_environment(demand)},
            {"securityContext", std::move(security)},
            {"resources", train_resources(demand)},
            {"terminationMessagePolicy", "File"},
            {"volumeMounts", std::move(mounts)}};
}

} // namespace pedigree::experiment

#include "tests/fakes/sample.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "pipeline/plan/secret_demand.h"
#include "records/pod/signature.h"

namespace pedigree::sample {
namespace {

Json secret(const std::string& secret_name, const std::string& hosts, const Json& values) {
    Json object{{"apiVersion", "v1"},
                {"kind", "Secret"},
                {"metadata",
                 {{"namespace", name_space},
                  {"name", secret_name},
                  {"uid", "secret-" + secret_name},
                  {"annotations", Json::object()}}},
                {"data", Json::object()}};
    if (!hosts.empty()) {
        object["metadata"]["annotations"][plan::hosts_annotation] = hosts;
    }
    for (const auto& [key, value] : values.items()) {
        object["data"][key] = to_base64(value.get<std::string>());
    }
    return object;
}

} // namespace

std::string digest_of(const std::string& text) {
    return sha256(text).text();
}

Json experiment() {
    return {{"apiVersion", "pedigree.dev/v1alpha1"},
            {"kind", "Experiment"},
            {"metadata",
             {{"namespace", name_space},
              {"name", name},
              {"uid", experiment_uid},
              {"generation", 1},
              {"annotations", {{"pedigree.dev/requested-by", "ada@example.com"}}}}},
            {"spec",
             {{"project", "mnist"},
              {"source",
               {{"git",
                 {{"url", "https://git.example.com/vision/mnist.git"},
                  {"ref", "main"},
                  {"secretName", "git-token"}}}}},
              {"image",
               {{"base", "registry.example.com/tensorflow:2.13.0@" + digest_of("base")},
                {"lockFile", "requirements.lock"},
                {"pullSecretName", "base-pull"}}},
              {"command", Json::array({"python", "train.py", "$(HOME)"})},
              {"parameters", {{"train.epochs", 3}, {"train.learning_rate", 0.001}}},
              {"parametersAs", {{"arguments", {{"train.epochs", "--epochs"}}}}},
              {"inputs", Json::array({{{"name", "mnist"},
                                       {"kind", "Dataset"},
                                       {"role", "Train"},
                                       {"uri", "s3://datasets/mnist.npz"},
                                       {"digest", digest_of("dataset")},
                                       {"mountPath", "/data"},
                                       {"secretName", "data-read"}}})},
              {"trackers",
               {{"mlflow",
                 {{"url", "https://mlflow.example.com"},
                  {"experimentName", "digits"},
                  {"secretName", "mlflow"}}}}},
              {"resources", {{"gpu", {{"count", 1}}}, {"cpu", "1"}, {"memory", "2Gi"}}},
              {"retries", {{"outOfMemory", 2}, {"memoryLimit", "8Gi"}}},
              {"outputs",
               Json::array({{{"name", "model"}, {"path", "outputs/model"}, {"kind", "Model"}}})},
              {"seed", 7}}}};
}

Json configuration_document() {
    return {{"defaults",
             {{"registry",
               {{"host", "registry.example.com"},
                {"prefix", "pedigree"},
                {"pullSecretName", "registry-pull"}}},
              {"indexUrl", "https://index.example.com/simple/"},
              {"artifactStore",
               {{"endpoint", "https://store.example.com"},
                {"bucket", "pedigree"},
                {"prefix", "records/"},
                {"secretName", "artifact-store"}}},
              {"podImage", "registry.example.com/pedigree@" + digest_of("pedigree")}}}};
}

spec::Configuration configuration() {
    return *spec::Configuration::parse(configuration_document());
}

Json objects_policy() {
    return {{"metadata", {{"name", "objects.pedigree.dev"}}},
            {"spec", {{"failurePolicy", "Fail"}}}};
}

Json objects_policy_binding() {
    return {
        {"metadata", {{"name", "objects.pedigree.dev"}}},
        {"spec",
         {{"policyName", "objects.pedigree.dev"}, {"validationActions", Json::array({"Deny"})}}}};
}

std::vector<Json> secrets() {
    const Json keys{{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "CANARY-store"}};
    return {secret("git-token", "git.example.com",
                   {{"username", "vision"}, {"password", "CANARY-git"}}),
            secret("base-pull", "registry.example.com", {{".dockerconfigjson", "CANARY-pull"}}),
            secret("data-read", "", keys),
            secret("mlflow", "mlflow.example.com", {{"token", "CANARY-mlflow"}}),
            secret("registry-pull", "", {{".dockerconfigjson", "CANARY-registry"}}),
            secret("artifact-store", "", keys)};
}

records::work::ResolveSourceOutcome resolved() {
    return {.commit = commit,
            .tree = tree,
            .lock_digest = digest_of("lock"),
            .wheel_digests = {digest_of("wheel")},
            .author = "Ada CANARY-author <ada@example.com>",
            .committer = "CANARY-committer",
            .subject = "CANARY-subject",
            .committed_at = "2026-01-01T00:00:00.000000Z",
            .signature = "ssh",
            .missing = {"CANARY-weights.h5 is a Git LFS pointer"}};
}

records::work::BuildImageOutcome built() {
    records::work::BuildImageOutcome outcome;
    outcome.image_digest = digest_of("image");
    outcome.image = "registry.example.com/pedigree/vision@" + outcome.image_digest;
    outcome.config_digest = digest_of("config");
    outcome.base_digest = digest_of("base manifest");
    outcome.base_index_digest = digest_of("base");
    outcome.wheels = {{"numpy", "1.24.3", "CANARY-wheel.whl", digest_of("wheel")}};
    outcome.layers = {{"code", {digest_of("layer"), digest_of("diff"), 100}}};
    outcome.base_inventory = "{}";
    outcome.sbom = digest_of("sbom");
    outcome.provenance = digest_of("provenance");
    outcome.warnings = {"CANARY-warning", "CANARY-other"};
    return outcome;
}

records::work::BuildImageOutcome wants_wheel() {
    records::work::BuildImageOutcome outcome;
    outcome.unbuilt = {{"pathtools", "0.1.2", "pathtools-0.1.2.tar.gz", sha256("pathtools"),
                        "https://index.example.com/files/pathtools-0.1.2.tar.gz"}};
    outcome.base_digest = digest_of("base manifest");
    outcome.base_inventory = "{}";
    return outcome;
}

records::work::OpenTrackerOutcome opened() {
    return {.experiment_id = "7", .parent_run_id = "parent-run", .server_version = "2.9.0"};
}

records::work::CloseTrackerOutcome told(const std::string& pod_uid) {
    records::work::TrackerRun run;
    run.run_id = "run-" + pod_uid;
    run.experiment_id = "7";
    run.parent_run_id = "parent-run";
    run.name = "CANARY-run-name";
    run.status = "FINISHED";
    run.artifact_uri = "mlflow-artifacts:/CANARY-uri";
    return {.runs = {run}, .repaired = 0};
}

records::work::FetchObjectOutcome fetched(const records::pod::Bundle& bundle) {
    return {.bytes = canonical_json(records::pod::signed_bundle(records::pod::to_json(bundle),
                                                                record_key(bundle.pod_uid)))};
}

Secret record_key(const std::string& pod_uid) {
    return Secret(sha256("CANARY-key of " + pod_uid).hex());
}

records::pod::Bundle bundle(const std::string& pod_uid) {
    records::pod::Bundle bundle;
    bundle.pod_uid = pod_uid;
    bundle.started_at = "2026-01-01T00:01:00.000000Z";
    bundle.finished_at = "2026-01-01T00:02:00.000000Z";
    bundle.complete = true;
    bundle.inputs = {{"mnist", digest_of("dataset"), 1000, 1}};
    records::pod::ObservedRun run;
    run.run_id = "run-" + pod_uid;
    run.experiment_id = "7";
    run.parent_run_id = "parent-run";
    run.name = "CANARY-observed-name";
    run.parameters = {{"CANARY-parameter", "CANARY-value"}};
    bundle.runs = {run};
    records::pod::ObservedArtifact model;
    model.name = "model";
    model.kind = "Model";
    model.source = "Output";
    model.location = "s3://pedigree/CANARY-location/";
    model.digest = digest_of("model");
    model.files = {{"CANARY-path/model.keras", digest_of("weights"), 500}};
    bundle.artifacts = {model};
    bundle.launcher.exit_code = 0;
    bundle.launcher.started = true;
    bundle.launcher.hardware = {{"cpu", "CANARY-cpu"}};
    return bundle;
}

std::string termination_message(const records::pod::Bundle& bundle) {
    records::pod::Termination termination;
    termination.component = "Recorder";
    termination.bundle_digest = sha256(fetched(bundle).bytes).text();
    termination.complete = bundle.complete;
    return canonical_json(records::pod::to_json(termination));
}

} // namespace pedigree::sample

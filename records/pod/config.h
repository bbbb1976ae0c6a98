#pragma once
// PodConfig: what the operator tells `prepare` and the recorder of one training pod, as JSON in an
// immutable ConfigMap of the attempt, mounted at paths.h's configuration_directory. Whoever may
// write ConfigMaps in the namespace could put another one there, so the arguments of both hold the
// digest of its bytes, and they refuse others; so does the launcher, and with the parameters that
// prepare lays from it, too. It names directories in which Secrets are mounted, never a credential
// itself. The pod's own uid, name and node come from the downward API (PEDIGREE_POD_UID,
// PEDIGREE_POD_NAME, PEDIGREE_NODE_NAME). Plain values; errors of the codec name the field.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace pedigree::records::pod {

// Of the JSON. A ConfigMap may hold 1 MiB with everything around it
// (k8s.io/kubernetes/pkg/apis/core, MaxSecretSize), so this leaves it 48 KB.
constexpr std::size_t configuration_bytes_max = 1'000'000;
// How long a record that gets on all the while may take after the command's end, where
// deadlines.drainSeconds, for which it may stand still, says less.
constexpr std::int64_t drain_moving_seconds_max = 3600;
// A tag's value that becomes the pod's uid, which is not known before there is a pod.
constexpr const char* pod_uid_reference = "$(PEDIGREE_POD_UID)";

// S3 compatible. The directory holds AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and for an
// input's own Secret also `endpoint` and `region`.
struct ObjectStore {
    std::string endpoint; // "http://minio.dev.svc:9000"
    std::string region = "us-east-1";
    std::string bucket;
    std::string prefix; // keys begin with it; "" or "some/prefix/"
    std::string credentials_directory;
};

struct PodInput {
    std::string name;
    std::string kind; // Dataset, Model, Checkpoint, File
    std::string role; // Train, Validate, Test or ""
    std::string slice;
    std::string uri;    // s3://bucket/key or prefix/, https://..., volume://claim/path
    std::string digest; // sha256:... of the file or of the folder's manifest
    std::string credentials_directory; // "": the operator's store (input_prefix), anonymous https
    std::string directory;             // where prepare lays it: /inputs/<name>
};

struct PodMlflow {
    std::string url; // the real server
    std::string experiment_id;
    std::string experiment_name;
    std::string parent_run_id;
    std::string credentials_directory;       // username + password, or token; "" for none
    std::map<std::string, std::string> tags; // of each run; may hold pod_uid_reference
};

struct PodOutput {
    std::string name;
    std::string path; // relative to the working directory
    std::string kind; // Model, Checkpoint, Artifact
};

struct PodConfig {
    std::string experiment_uid;
    std::string experiment_name;
    std::string name_space;
    std::string project;
    std::int64_t trial = 1;
    std::int64_t attempt = 1;

    std::string operator_url;    // https://pedigree-operator.pedigree-system.svc:8444
    std::string operator_ca_pem; // the operator's own CA
    std::string ca_pem;          // extra CA bundle for trackers and stores; may be empty

    ObjectStore artifact_store;
    // Below which keys of that bucket an input without credentials is read; "": below none.
    std::string input_prefix;
    std::vector<PodInput> inputs;
    std::optional<PodMlflow> mlflow;
    std::vector<PodOutput> outputs;
    std::string objective_metric; // of a search: the metric whose points the recorder keeps
    std::string parameters_json;  // canonical JSON; prepare writes it for $PEDIGREE_PARAMETERS

    std::int64_t prepare_seconds = 3600;
    std::int64_t train_seconds = 86400;
    std::int64_t stop_seconds = 60;
    std::int64_t drain_seconds = 300;
    std::int64_t log_bytes_max = 1024LL * 1024 * 1024;
};

Json to_json(const PodConfig& config);
Result<PodConfig> pod_config_from(const Json& document);
// With the pod's uid where tags ask for it.
PodConfig in_pod(PodConfig config, const std::string& pod_uid);

} // namespace pedigree::records::pod

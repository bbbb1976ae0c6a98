#pragma once
// ExperimentSpec: the typed form of an Experiment's spec (docs/spec/experiment.md; the CRD in
// manifests/ is the schema). Plain values, defaults as in the CRD. Parsing, validation with field
// paths, canonical form and hash are in the sibling headers. One Experiment is one execution.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "base/words.h"
#include "pipeline/spec/layer_form.h"

namespace pedigree::spec {

// A JSON scalar that keeps its type; 1.0 and 1 are the same number before hashing.
using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

enum class Submodules { Refuse, Pinned };

struct GitSpec {
    std::string url;
    std::string ref;    // branch or tag; one of ref and commit
    std::string commit; // 40 hex
    std::string secret_name;
    Submodules submodules = Submodules::Refuse;
};

struct SourceSpec {
    GitSpec git;
    std::string subdirectory = ".";
};

struct PrebuiltImage {
    std::string image; // reference with digest
    bool as_is = false;
};

enum class ImageGate { Import, None };

struct ImageSpec {
    std::string base; // reference with digest; empty with prebuilt
    std::string lock_file;
    std::string pull_secret_name;
    std::optional<PrebuiltImage> prebuilt;
    ImageGate gate = ImageGate::Import;
    LayerForm layers = LayerForm::Gzip;
};

struct ParametersAs {
    bool file = true;
    std::map<std::string, std::string> arguments;   // parameter name -> option, "--batch_size"
    std::map<std::string, std::string> environment; // parameter name -> variable
};

enum class InputKind { Dataset, Model, Checkpoint, File };

struct InputSpec {
    std::string name;
    InputKind kind = InputKind::Dataset;
    std::string role;
    std::string slice;
    std::string uri;
    Digest digest;
    std::string mount_path; // parse() fills in /inputs/<name>
    std::string secret_name;
};

struct MlflowSpec {
    std::string url;             // empty: the platform's (effective_spec fills it in)
    std::string experiment_name; // empty: the project
    std::string secret_name;
};

struct ResourcesSpec {
    std::int64_t gpu_count = 0;
    std::string gpu_product;
    std::string cpu = "1"; // Kubernetes quantities
    std::string memory = "2Gi";
    std::string shared_memory = "256Mi";
    std::string scratch = "10Gi";
};

struct RetriesSpec {
    std::int64_t infrastructure = 10;
    std::int64_t out_of_memory = 2; // only with memory_limit
    std::int64_t user_code = 0;
    std::string memory_limit; // quantity; OutOfMemory doubles memory up to it
};

struct DeadlinesSpec {              // seconds
    std::int64_t queue_seconds = 0; // 0: no limit
    std::int64_t build_seconds = 1800;
    std::int64_t prepare_seconds = 3600;
    std::int64_t train_seconds = 86400;
    std::int64_t stop_seconds = 60;
    std::int64_t drain_seconds = 300;
};

enum class OutputKind { Model, Checkpoint, Artifact };

struct OutputSpec {
    std::string name;
    std::string path; // relative to the working directory
    OutputKind kind = OutputKind::Model;
};

struct ExperimentSpec {
    bool suspend = false; // mutable
    bool cancel = false;  // mutable, one way
    std::string project;
    SourceSpec source;
    ImageSpec image;
    std::vector<std::string> command;
    std::map<std::string, ParameterValue> parameters;
    ParametersAs parameters_as;
    std::vector<InputSpec> inputs;
    std::optional<MlflowSpec> mlflow;
    std::string
        search_json; // what stands under `search`, canonical, for pipeline/search; "" without
    ResourcesSpec resources;
    RetriesSpec retries;
    DeadlinesSpec deadlines;
    std::vector<OutputSpec> outputs;
    std::optional<std::int64_t> seed;
};

Words<InputKind> words_of(InputKind);
Words<OutputKind> words_of(OutputKind);

} // namespace pedigree::spec

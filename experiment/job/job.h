#pragma once
// build_job(): the one Job of an attempt, with its pod, as a pure function of what was decided. The
// pod: `prepare` (init), `recorder` (native sidecar), `train` (the user's image below the
// launcher). Nothing in it is taken from a template and nothing can be patched in by the spec.
// Golden-tested.

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "experiment/history.h"
#include "pipeline/spec/configuration.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::experiment {

// One unprivileged identity for all containers of a pod, so that the recorder can read what the
// script wrote.
constexpr std::int64_t pod_user_id = 10001;
// What the recorder and prepare may use; an upload of any size streams through. Both bounds stand
// for both amounts: a quota on either refuses a pod of which one container says nothing.
constexpr const char* recorder_memory = "128Mi";
constexpr const char* recorder_cpu = "50m";
constexpr const char* recorder_cpu_max = "1";
// How long the recorder's projected token is good for; the kubelet renews it before.
constexpr std::int64_t token_seconds = 3600;

// Images are taken for this machine (imagebuild/documents.cpp): a node of another cannot run them.
constexpr const char* architecture_label = "kubernetes.io/arch";
constexpr const char* architecture = "amd64";
// Of a container without a GPU: images made for CUDA ask for all that the node has, and the
// container's runtime gives them.
constexpr const char* gpus_variable = "NVIDIA_VISIBLE_DEVICES";
constexpr const char* no_gpus = "void";

struct JobDemand {
    const ExperimentRow& experiment;
    const AttemptRow& attempt;
    const std::vector<AttemptRow>& earlier_attempts; // for the training time that is left
    const spec::ExperimentSpec& spec;                // with the trial's parameters
    std::string nonce;                               // of the intent that it is made from
    std::string objective_metric;                    // "" without a search
    // What trackers are to find on each run of this pod. A value that is
    // records::pod::pod_uid_reference becomes the attempt's uid in the pod.
    std::map<std::string, std::string> run_tags;
    // What trackers put into the training container's environment. A variable that the spec's
    // parameters take is theirs.
    std::vector<std::pair<std::string, std::string>> environment;
    spec::Platform platform;
    std::string operator_url, operator_ca_pem;
};

Json build_job(const JobDemand& demand);
// The ConfigMap that its pod reads: immutable, of the same name, the Experiment's own.
Json build_configuration(const JobDemand& demand);

// Parts of it, each in a file of its own.
Json pod_volumes(const JobDemand& demand);
Json prepare_container(const JobDemand& demand);
Json recorder_container(const JobDemand& demand);
Json train_container(const JobDemand& demand);
Json labels_of(const JobDemand& demand);
Json owner_of(const ExperimentRow& experiment);
// records::pod::PodConfig for prepare and recorder.
std::string pod_config_json(const JobDemand& demand);
// Seconds of training left after the earlier attempts; at least 1.
std::int64_t train_seconds_left(const JobDemand& demand);

// The kubelet replaces $(NAME) in commands and environment values and makes one dollar of two
// (k8s.io/kubernetes/third_party/forked/golang/expansion). With each dollar doubled a text arrives
// as it was, byte for byte.
std::string without_expansion(const std::string& text);

} // namespace pedigree::experiment

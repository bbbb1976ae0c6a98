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
// What the recorder and prepare may use; an upload of any size streams through.
constexpr const char* recorder_memory = "128Mi";
// How long the recorder's projected token is good for; the kubelet renews it before.
constexpr std::int64_t token_seconds = 3600;

struct JobDemand {
    const ExperimentRow& experiment;
    const AttemptRow& attempt;
    const std::vector<AttemptRow>& earlier_attempts; // for the training time that is left
    const spec::ExperimentSpec& spec;                // with the trial's parameters
    std::string nonce;                               // of the intent that it is made from
    std::string objective_metric;                    // "" without a search
    // What trackers are to find on each run of this pod. Where the attempt's uid belongs, they say
    // $(PEDIGREE_POD_UID), which the kubelet fills in.
    std::map<std::string, std::string> run_tags;
    spec::Platform platform;
    std::string operator_url, operator_ca_pem;
};

Json build_job(const JobDemand& demand);

// Parts of it, each in a file of its own.
Json pod_volumes(const JobDemand& demand);
Json prepare_container(const JobDemand& demand);
Json recorder_container(const JobDemand& demand);
Json train_container(const JobDemand& demand);
// PEDIGREE_POD: records::pod::PodConfig for prepare and recorder.
std::string pod_config_json(const JobDemand& demand);
// Seconds of training left after the earlier attempts; at least 1.
std::int64_t train_seconds_left(const JobDemand& demand);

// The kubelet replaces $(NAME) in commands and environment values: a literal one is doubled.
std::string without_expansion(std::string text);

} // namespace pedigree::experiment

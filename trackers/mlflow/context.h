#pragma once
// The tags that tie a script's runs to their attempt. MLflow's SDK reads MLFLOW_RUN_CONTEXT (a JSON
// object of strings) in every fluent start_run and in autolog, so that several runs, nested runs
// and runs of an own set_experiment all carry them; MLFLOW_RUN_ID is never set, since a second
// start_run or an own experiment breaks with it. What MlflowClient.create_run makes is tagged by
// the recorder. Pure.

#include <map>
#include <string>

namespace pedigree::trackers::mlflow {

constexpr const char* tag_experiment = "pedigree.experiment"; // the Experiment's uid
constexpr const char* tag_attempt = "pedigree.attempt";       // the pod's uid
constexpr const char* tag_trial = "pedigree.trial";
constexpr const char* tag_parent = "mlflow.parentRunId";
constexpr const char* tag_own_prefix = "pedigree."; // written by pedigree alone

struct ContextFacts {
    std::string experiment_uid;
    std::string experiment_name; // "vision/mnist-1"
    std::string attempt_uid;     // or "$(PEDIGREE_POD_UID)", which the kubelet replaces
    std::string trial;
    std::string parent_run_id;
    std::string commit;         // may be empty: a prebuilt image used as it is
    std::string repository_url; // without credentials
    std::string image;          // with its digest
};

// Empty facts give no tag.
std::map<std::string, std::string> context_tags(const ContextFacts& facts);
// The value of MLFLOW_RUN_CONTEXT.
std::string run_context(const std::map<std::string, std::string>& tags);

} // namespace pedigree::trackers::mlflow

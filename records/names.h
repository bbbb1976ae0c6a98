#pragma once
// Every name that the operator gives to something outside: finalizers, labels, annotations, Jobs,
// activities. Deterministic, so that a restart finds what it made.

#include <cstdint>
#include <string>

#include "pipeline/spec/api_names.h"

namespace pedigree::records {

using spec::api_group;
using spec::api_group_version;
using spec::api_version;
using spec::experiment_kind;
using spec::experiments_plural;
// The read API that the operator serves behind the API server.
constexpr const char* lineage_api_version = "lineage.pedigree.dev/v1alpha1";
constexpr const char* lineage_api_root = "/apis/lineage.pedigree.dev/v1alpha1";

constexpr const char* finalizer = "pedigree.dev/record";
constexpr const char* abandon_annotation = "pedigree.dev/abandon-record";
constexpr const char* requested_by_annotation = "pedigree.dev/requested-by";
// How the Experiment came about, in the caller's own words: JSON, such as {"system": "GitLab",
// "pipeline": "https://..."}.
constexpr const char* triggered_by_annotation = "pedigree.dev/triggered-by";
// On a Job: the nonce of the intent that it was created from. After a crash it says whose the Job
// is.
constexpr const char* intent_annotation = "pedigree.dev/intent";
constexpr const char* experiment_label = "pedigree.dev/experiment"; // the Experiment's uid
constexpr const char* experiment_name_label = "pedigree.dev/experiment-name";
constexpr const char* trial_label = "pedigree.dev/trial";
constexpr const char* attempt_label = "pedigree.dev/attempt";
// On auxiliary Jobs and their pods: the Job's name. They lack managed_by_label: no cache shows
// them.
constexpr const char* auxiliary_label = "pedigree.dev/auxiliary";
constexpr const char* managed_by_label = "app.kubernetes.io/managed-by";
constexpr const char* managed_by_value = "pedigree";
constexpr const char* field_manager = "pedigree-operator";

// "exp-<first 8 of uid>-<trial>-<attempt>": below 63 characters, as it becomes a label.
inline std::string job_name(const std::string& experiment_uid, std::int64_t trial,
                            std::int64_t attempt) {
    return "exp-" + experiment_uid.substr(0, 8) + "-" + std::to_string(trial) + "-" +
           std::to_string(attempt);
}

// Of an auxiliary Job, the `tries`-th after a first one that the cluster lost.
inline std::string auxiliary_job_name(const std::string& experiment_uid, const std::string& what,
                                      std::int64_t tries) {
    return "exp-" + experiment_uid.substr(0, 8) + "-" + what + "-" + std::to_string(tries + 1);
}

} // namespace pedigree::records

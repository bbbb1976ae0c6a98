#pragma once
// Opens the parent run of an Experiment in MLflow: under it the script's own runs will hang. Found
// again by its tag pedigree.experiment before one is made, so a repeat after a crash makes no
// second one. An experiment that was deleted in MLflow keeps its name: that is a failure (reason
// MlflowExperimentDeleted), since restoring it is its owner's decision. Blocks.

#include <stop_token>

#include "net/http.h"
#include "net/retry.h"
#include "records/work/work.h"

namespace pedigree::trackers::mlflow {

constexpr std::size_t parameters_per_call_max = 100;
constexpr std::size_t parameter_value_bytes_max = 6000;
constexpr std::size_t tag_value_bytes_max = 5000;

Result<records::work::OpenTrackerOutcome> open_tracker(net::Http& http,
                                                       const records::work::OpenTrackerInput& input,
                                                       std::stop_token stop = {},
                                                       const net::RetryOptions& retry = {});

} // namespace pedigree::trackers::mlflow

#pragma once
// Tells MLflow how an attempt, or with an empty attempt_uid the Experiment, ended, and reads back
// what the script logged. All runs that carry the attempt's tag are looked for in all experiments,
// since a script may set its own; wrong states are repaired (trackers/mlflow/truth.h). Models are
// named as "m-<32 hex>" (MLflow 3) or "runs:/<run>/<path>" (MLflow 2). May be repeated. Blocks.

#include <stop_token>

#include "net/http.h"
#include "net/retry.h"
#include "records/work/work.h"

namespace pedigree::trackers::mlflow {

constexpr std::size_t runs_read_max = 10000;

Result<records::work::CloseTrackerOutcome>
close_tracker(net::Http& http, const records::work::CloseTrackerInput& input,
              std::stop_token stop = {}, const net::RetryOptions& retry = {});

} // namespace pedigree::trackers::mlflow

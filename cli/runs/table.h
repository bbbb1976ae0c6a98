#pragma once
// Runs for a person, for programs that read tables, and as a document. Pure.

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "cli/app/table.h"
#include "cli/runs/field.h"
#include "cli/runs/run.h"

namespace pedigree::cli {

constexpr std::size_t run_columns_max = 8; // of parameters and metrics; -o wide has all

struct RunTableShape {
    std::vector<RunField> columns; // parameters and metrics
    bool of_one_experiment = false;
    bool wide = false; // also its id, its pod and its age
};

// Those of `first` (what was asked for), then the parameters that vary, then metrics, then the
// other parameters: so many as fit, or all.
std::vector<RunField> run_columns(const std::vector<TrackerRun>& runs,
                                  const std::vector<RunField>& first, std::size_t columns_max);

Table run_table(const std::vector<TrackerRun>& runs, const RunTableShape& shape, Instant now);

// RFC 4180 with a header line, every parameter and every metric under the name that --where has for
// it; what is not there is empty.
std::string run_csv(const std::vector<TrackerRun>& runs);

// {"asOf", "truncated", "items": [{"id", "name", "tracker", "status", "experiment", "project",
// "trial", "attempt", "podUid", "recorded", "parameters", "metrics", "extremes"}]}
Json run_list_json(const RunList& list);

} // namespace pedigree::cli

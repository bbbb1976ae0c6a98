#pragma once
// Metric series for a person, and for programs that read tables. Pure.

#include <string>
#include <vector>

#include "cli/app/table.h"
#include "cli/metrics/series.h"

namespace pedigree::cli {

// A row for each series: how many values, the first, last, least and greatest, how many are kept.
Table series_table(const std::vector<Series>& series, bool whole);

// A row for each value of each series; the run's name stands before it where there are several.
Table points_table(const std::vector<Series>& series);

// RFC 4180 with a header line: run, runId, tracker, metric, step, value.
std::string series_csv(const std::vector<Series>& series);

} // namespace pedigree::cli

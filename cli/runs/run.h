#pragma once
// The runs that scripts had in their trackers, as the record has them (docs/cli/runs.md): of all
// trackers alike. Absent fields are empty or 0. Pure but for read_runs().

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/metric_value.h"
#include "cli/app/cluster.h"

namespace pedigree::cli {

// The least and the greatest of a metric's values.
struct MetricExtremes {
    MetricValue min, max;
};

struct TrackerRun {
    std::string id; // its tracker's own
    std::string name, tracker;
    std::string status; // the tracker's word; where that was never asked, the script's
    std::string experiment, project;
    std::int64_t trial = 0, attempt = 0;
    std::string pod_uid;                            // of the attempt
    std::map<std::string, std::string> parameters;  // as the script logged them
    std::map<std::string, MetricValue> metrics;     // the last value of each
    std::map<std::string, MetricExtremes> extremes; // none: recorded before they were
    std::optional<Instant> recorded;
};

struct RunList {
    std::vector<TrackerRun> runs; // newest first
    std::int64_t as_of = 0;
    bool truncated = false; // there are more than are read at once (cli/lineage/pages.h)
};

RunList run_list_from(const Json& answer);

// Of the newest Experiment of that name; "": of all in the namespace. NotFound says how to find the
// name.
Result<RunList> read_runs(const Cluster& cluster, const std::string& experiment);

} // namespace pedigree::cli

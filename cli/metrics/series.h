#pragma once
// The metric series of one attempt as the read API gives them (docs/api/MetricList.json). Absent
// fields are empty or 0. Pure but for read_series().

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/metric_value.h"
#include "cli/app/cluster.h"

namespace pedigree::cli {

struct SeriesPoint {
    std::int64_t step = 0;
    MetricValue value;
};

// One metric of one run.
struct Series {
    std::string run_id, run, tracker; // `run`: its name
    std::string key;
    std::int64_t count = 0; // of the values that were logged
    MetricValue first, last, min, max;
    std::vector<SeriesPoint> points; // those that the record keeps, in the order seen

    const std::string& run_text() const { return run.empty() ? run_id : run; }
};

struct SeriesList {
    std::int64_t trial = 0, attempt = 0;
    bool truncated = false; // the account has more pages than are looked at
    std::vector<Series> series;
};

SeriesList series_list_from(const Json& document);

struct SeriesQuestion {
    std::string experiment;
    std::optional<std::int64_t> trial{}, attempt{}; // none: of the best trial, of its last attempt
    std::string run{}, key{};                       // none: all
};

// The document of the read API. NotFound says how to find the name.
Result<Json> read_series(const Cluster& cluster, const SeriesQuestion& question);

} // namespace pedigree::cli

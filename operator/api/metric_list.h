#pragma once
// The metric series of one attempt as the read API lists them (docs/api/MetricList.json): what its
// record keeps of each metric of each run. Pure.

#include <string>

#include "base/json.h"
#include "records/pod/bundle.h"

namespace pedigree::control {

struct MetricQuestion {
    std::string run; // the id or the name of a run, or what its tracker calls it; all when empty
    std::string key; // the metric's name; all when empty
};

// Items by run and name: {"runId", "run", "tracker", "key", "count", "first", "last", "lastStep",
// "min", "max", "points": [{"step", "value"}]}. A number that JSON does not have stands as text.
// "runId" is the run's id in the record, as `runs` and `traces` say it: of a run without a server
// its place in the pod.
Json metric_items(const records::pod::Bundle& bundle, const std::string& pod_uid,
                  const MetricQuestion& question);

} // namespace pedigree::control

#pragma once
// The use of GPUs for a person, and as a document. Pure.

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "cli/app/table.h"
#include "cli/gpus/usage.h"

namespace pedigree::cli {

Table gpu_hold_table(const GpuUsage& usage, bool wide, Instant now);
Table gpu_node_table(const GpuUsage& usage, bool wide);

// "12 of 16 GPUs are held, 4 are free, 2 are waited for"; what nobody knows is left out.
std::string gpu_summary(const GpuUsage& usage);

// {"everywhere", "items": [{"namespace", "experiment", "trial", "attempt", "pod", "node",
// "resource", "gpus", "since"}], "nodes": [{"name", "product", "resource", "allocatable", "held",
// "free", "takesPods"}]}; "node" is null of what waits, "nodes" where the caller may not list them,
// "held" and "free" where the pods of others are not known.
Json gpu_usage_json(const GpuUsage& usage);

} // namespace pedigree::cli

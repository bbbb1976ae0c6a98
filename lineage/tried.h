#pragma once
// Tried: what the trace of a model ends with. The trials of the same search that were proposed
// before the one that made it, best first, and the project's Experiments that were accepted before
// its own, newest first. Bytes that were made more than once answer for the act that made them
// first. docs/spec/trace.md has the form:
//
// {"of": id of the Trial, "experiment", "project", "metric", "goal", "counts": {state: number},
//  "trials": [{"id", "number", "state", "value", "failureClass", "stopReason", "proposedBy",
//  "parameters": those that differ from its own}], "experiments": [{"id", "name", "outcome",
//  "reason", "bestTrial", "bestValue"}], "truncated"}

#include <cstddef>

#include "base/json.h"
#include "base/result.h"
#include "lineage/graph_reader.h"
#include "lineage/walk.h"

namespace pedigree::lineage {

constexpr std::size_t tried_trials_max = 20;
constexpr std::size_t tried_experiments_max = 20;
// Siblings that are read and counted; a search with more is cut, and says so.
constexpr std::size_t tried_siblings_max = 10'000;

// `walk` has gone from `root` to its ancestors. Null: the root comes from no Experiment.
Result<Json> tried_before(GraphReader& reader, const Walk& walk, const Place& root);

} // namespace pedigree::lineage

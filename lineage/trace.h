#pragma once
// Trace: where something comes from, or what came from it, as the ledger knows it.
//
// Without a direction the walk goes from effect to cause, but for what no act of the record made: a
// commit, a dataset, a wheel, a base image lead forward. It goes a level at a time, one query a
// level. Acts (Attempt, ImageBuild, Resolve ...) are followed to all their causes. Content (a tree,
// an image, a model) can have been made more than once; asked about, it is followed to every act
// that made it. Met on the way, it is followed to the act of the experiment being followed if that
// made it, else to all: two commits with one tree, or an equal file from two runs, keep their own
// ancestors.
//
// The answer is JSON (an interface, docs/spec/trace.md): {"asOf", "direction", "truncated",
// "gaps": [{"kind", "sentence"}], "root", "nodes": [{"id", "kind", "digest" or "uid", "uri"?,
// "namespace", "attributes"}], "edges": [{"from", "to", "relation", "asserted", "role"?}], "tried"?
// (lineage/tried.h)}. Nothing known is an answer too: root null, no nodes, asOf says as of when.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "lineage/query.h"
#include "lineage/viewer.h"
#include "store/transaction.h"

namespace pedigree::lineage {

struct TraceOptions {
    Viewer viewer;
    std::optional<std::int64_t> as_of{};  // a ledger position; now when absent
    std::optional<Direction> direction{}; // absent: as said above
    std::size_t nodes_max = 5'000;
    std::size_t edges_max = 20'000;
    std::size_t depth_max = 64;
};

// The transaction should be RepeatableRead and ReadOnly, so that all levels see one state.
// InvalidInput: `as_of` lies behind the ledger's end.
Result<Json> trace(store::Transaction& transaction, const Query& query,
                   const TraceOptions& options);

// How many gaps the trace of that Experiment has, at the cost of the walk alone: what its status
// says of its record. As trace() counts them, so a sentence that several attempts have counts once.
// By uid, since a deleted Experiment is still looked at when its name belongs to another one.
Result<std::int64_t> count_gaps(store::Transaction& transaction, const std::string& experiment_uid,
                                const TraceOptions& options);

} // namespace pedigree::lineage

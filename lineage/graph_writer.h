#pragma once
// Writes projections into the graph's tables, set by set. The tables are found by the search path,
// so that the audit can derive the graph a second time beside the first. Called by whoever holds
// the sequencer's lock.
//
// The graph is a set: what stands there already is left as it is (ON CONFLICT DO NOTHING), so that
// entries may be written again, and the first entry that says a thing is the one that said it.
// Nodes get their numbers first, since attributes, edges and gaps name them.

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "lineage/projection.h"
#include "store/transaction.h"

namespace pedigree::lineage {

struct NumberedProjection {
    std::int64_t seq = 0;
    std::int64_t scope = 0; // scopes.h
    Projection projection;
};

// One statement a table for all entries; in the order of `seq`. Errors are the transaction's.
Status write_graph(store::Transaction& transaction, const std::vector<NumberedProjection>& entries);

} // namespace pedigree::lineage

#pragma once
// Writes projections into the graph's tables, set by set. The tables are found by the search path,
// so that the audit can derive the graph a second time beside the first. Called by whoever holds
// the sequencer's lock.

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

Status write_graph(store::Transaction& transaction, const std::vector<NumberedProjection>& entries);

} // namespace pedigree::lineage

#pragma once
// The ledger read again in order, a page at a time, with the columns that stand beside the bytes.
// For the audit, which compares both: nothing here is checked.
//
//     for (std::int64_t last = 0;;) {
//         TRY(const auto page, ledger_page(transaction, last));
//         if (page.empty()) break;
//         last = page.back().seq;
//     }

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "lineage/projection.h"
#include "lineage/scopes.h"
#include "store/transaction.h"

namespace pedigree::lineage {

struct LedgerEntry {
    std::int64_t seq = 0;
    std::string event_id;
    Digest leaf;      // as stored: leaf_hash(body), if nobody changed either
    std::string body; // the exact bytes that were hashed
    std::string type;
    Scope scope;
    Instant time;
};

// The entries after that position, in order, at most a page of them; none at the end.
Result<std::vector<LedgerEntry>> ledger_page(store::Transaction& transaction, std::int64_t after);

// What the entry's bytes say; nothing when they cannot be read (as the sequencer has it).
Projection projection_of(const LedgerEntry& entry);

} // namespace pedigree::lineage

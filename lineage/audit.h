#pragma once
// Audit: does the database still hold what was recorded? verify_ledger recomputes every leaf and
// root and compares each checkpoint; verify_graph derives the whole graph again from the ledger's
// bytes and compares every row, both ways. Findings name the first bad entry and its class. Both
// read everything: minutes for millions of entries, constant memory for the first, temporary tables
// for the second (its transaction is ReadWrite and is never committed).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "base/words.h"
#include "store/transaction.h"

namespace pedigree::lineage {

enum class FindingKind {
    EntryMissing,     // the numbers have a gap, or the end is behind the newest checkpoint
    LeafChanged,      // stored leaf hash is not that of the stored bytes
    ColumnChanged,    // a column beside the bytes does not say what the bytes say
    RootChanged,      // a checkpoint's root is not that of the entries before it
    TextChanged,      // an erasable text does not fit its commitment
    GraphRowMissing,  // the bytes say it, the graph does not
    GraphRowInvented, // the graph says it, the bytes do not
};

Words<FindingKind> words_of(FindingKind);

struct Finding {
    FindingKind kind = FindingKind::EntryMissing;
    std::int64_t entry = 0; // where it was noticed
    std::string sentence;
};

struct AuditReport {
    std::int64_t size = 0;
    Digest root;
    std::vector<Finding> findings; // bounded: findings_max of each check
    bool clean() const { return findings.empty(); }
};

constexpr std::size_t findings_max = 100;

Result<AuditReport> verify_ledger(store::Transaction& transaction);
Result<AuditReport> verify_graph(store::Transaction& transaction);

} // namespace pedigree::lineage

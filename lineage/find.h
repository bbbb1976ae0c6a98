#pragma once
// Find: lists by project or id, newest first, for the namespaces of the viewer. Answers are JSON:
// {"asOf", "truncated", "items": [...]}; `truncated` says that more than `items_max` fit, and
// "next" is then the position to ask from. Needs a read transaction.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "lineage/viewer.h"
#include "store/transaction.h"

namespace pedigree::lineage {

enum class Listed { Models, Attempts, Runs, Experiments };

struct FindOptions {
    Viewer viewer;
    Listed listed = Listed::Models;
    std::string project;                  // all when empty
    std::string experiment{};             // the newest of this name; all when empty
    std::optional<std::int64_t> before{}; // entries before this position
    std::size_t items_max = 100;
};

// An item is a node as in a trace (lineage/answer_node.h) with "experiment" and "project" (names),
// "entry" (the ledger position that says so) and "recorded" (when); a run also has "trial" and
// "attempt" (numbers) and "podUid" of the attempt that made it. The same bytes made by two
// Experiments are two items. NotFound: no Experiment of that name is in the record.
Result<Json> find(store::Transaction& transaction, const FindOptions& options);

} // namespace pedigree::lineage

#pragma once
// The tracker runs that attempts made, by the attempts' keys in the graph (the pods' uids). One
// statement. Meant for callers that know the attempts already and may see them: it asks no viewer.

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/transaction.h"

namespace pedigree::lineage {

// Ids in the order in which they were recorded; attempts without runs are left out. Errors are the
// transaction's (store/transaction.h).
Result<std::map<std::string, std::vector<std::string>>>
runs_of_attempts(store::Transaction& transaction, const std::vector<std::string>& attempts);

} // namespace pedigree::lineage

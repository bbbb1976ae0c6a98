#pragma once
// In which attempt of which trial a tracker's run was made. One statement for a page of runs. Asks
// no viewer: meant for callers that know the runs already, with the scopes in which they may be
// seen.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "lineage/graph_reader.h"
#include "store/transaction.h"

namespace pedigree::lineage {

struct RunPlace {
    std::int64_t trial = 0, attempt = 0; // numbers; 0: not recorded
    std::string pod_uid;                 // of the attempt
};

// By the run and the scope that says so; of a run that several attempts wrote to, the first. What
// no attempt made, such as the run of the Experiment itself, is left out. Errors are the
// transaction's (store/transaction.h).
Result<std::map<std::pair<NodeId, ScopeId>, RunPlace>>
places_of_runs(store::Transaction& transaction, const std::vector<NodeId>& runs);

} // namespace pedigree::lineage

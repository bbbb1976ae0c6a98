#pragma once
// Reading from lineage.pedigree.dev, the operator's read API behind the API server.

#include <string>
#include <string_view>

#include "base/json.h"
#include "cli/app/cluster.h"

namespace pedigree::cli {

// A path in the cluster's namespace; `rest` is appended as it is ("logs/mnist-1?attempt=2").
std::string lineage_path(const Cluster& cluster, std::string_view rest);

// The document at lineage_path. An error says `what` was asked, and what to check when nobody
// serves the API.
Result<Json> read_lineage(const Cluster& cluster, std::string_view rest, std::string_view what);

} // namespace pedigree::cli

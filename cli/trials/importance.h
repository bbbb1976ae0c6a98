#pragma once
// How much each parameter of a search matters (pipeline/search/model/importance.h), from the list
// of its trials. Pure.

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/app/table.h"
#include "pipeline/search/model/importance.h"

namespace pedigree::cli {

// InvalidInput: the Experiment has no search, or this build cannot read it; Conflict: its trials
// do not follow from one another.
Result<std::vector<search::Importance>> importance_from(const Json& trials);

Table importance_table(const std::vector<search::Importance>& importance);
// {"items": [{"parameter", "share", "total", "spread"}]}
Json importance_json(const std::vector<search::Importance>& importance);

} // namespace pedigree::cli

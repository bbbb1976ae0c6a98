#pragma once
// What a status says while PostgreSQL is away. Without the history nothing can be decided and
// nothing is: training goes on, and the projection (project.h) takes this back at the first look
// that succeeds. Pure.

#include <optional>

#include "base/clock.h"
#include "base/json.h"

namespace pedigree::experiment {

// The status to write; nothing if this one says it already, or if its record was complete before.
std::optional<Json> status_while_database_away(Json status, std::int64_t generation, Instant now);

} // namespace pedigree::experiment

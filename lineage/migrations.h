#pragma once
// The SQL of ledger and graph (lineage/migrations/*.sql), embedded in the program. Applied after
// store's set and before the operator's. The lineage_* views in it are an interface for people.

#include "store/migration.h"

namespace pedigree::lineage {

store::MigrationSet migrations();

} // namespace pedigree::lineage

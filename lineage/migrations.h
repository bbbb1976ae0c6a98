#pragma once
// The SQL of ledger and graph (lineage/migrations/*.sql), embedded in the program. Applied after
// store's set and before the operator's (store/migration.h). The lineage_* views in it are an
// interface for people: a column that is there stays there, with its meaning. A file that was
// applied is never edited; what changes is another file.

#include "store/migration.h"

namespace pedigree::lineage {

store::MigrationSet migrations();

} // namespace pedigree::lineage

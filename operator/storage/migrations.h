#pragma once
// The operator's own SQL (operator/storage/migrations/*.sql), embedded in the program. Applied
// after store's and lineage's sets.

#include "store/migration.h"

namespace pedigree::control {

store::MigrationSet migrations();

} // namespace pedigree::control

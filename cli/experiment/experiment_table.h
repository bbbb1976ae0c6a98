#pragma once
// The table of `pedigree get`, with the columns that kubectl shows (the CRD's printer columns).
// Pure.

#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "cli/app/table.h"

namespace pedigree::cli {

struct TableShape {
    bool with_namespace = false;
    bool wide = false;
};

Table experiments_table(const std::vector<Json>& objects, Instant now, const TableShape& shape);

} // namespace pedigree::cli

#pragma once
// Migrations: numbered .sql files, embedded at build time (cmake/embed_sql.cmake), applied in one
// transaction under a lock. A set is one part's files; sets are applied in the order given, files
// by number. What was applied is remembered with its SHA-256 in `schema_migration`: a file that was
// edited afterwards, or a database that is newer than this program, is refused with Conflict and
// the file's name, before anything is changed. Needs a login that may create roles, or roles that
// exist.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace pedigree::store {

struct Migration {
    int number = 0;
    std::string_view name; // "0001_roles"
    std::string_view sql;
};

struct MigrationSet {
    std::string_view name; // "lineage"
    std::vector<Migration> migrations;
};

// store's own set: schema, roles, the tables of migration and fencing. It must come first.
MigrationSet migrations();

// Applies what is missing; how many files that were.
Result<int> migrate(const Secret& dsn, const std::vector<MigrationSet>& sets);

// Without changing anything: Conflict when migrate() has something to do or to refuse. For
// processes that must not run against another schema.
Status check_schema(const Secret& dsn, const std::vector<MigrationSet>& sets);

} // namespace pedigree::store

#pragma once
// MigratedDatabase: a database of its own for one test, with store's and lineage's migrations, and
// pools under the roles that the operator uses.

#include "base/secret.h"
#include "store/pool.h"

namespace pedigree::test {

store::PoolOptions pool_as(const std::string& role, std::size_t connections_max = 4);

struct MigratedDatabase {
    MigratedDatabase();

    Secret dsn;
    store::Pool owner;     // the superuser: for looking and for tampering
    store::Pool writer;    // pedigree_writer
    store::Pool sequencer; // pedigree_sequencer
};

} // namespace pedigree::test

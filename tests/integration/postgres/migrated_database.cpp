#include "tests/integration/postgres/migrated_database.h"

#include <cstdio>
#include <cstdlib>

#include "lineage/migrations.h"
#include "store/migration.h"
#include "tests/integration/postgres/postgres_server.h"

namespace pedigree::test {
namespace {

Secret migrated() {
    Secret dsn = PostgresServer::shared().create_database();
    if (auto done = store::migrate(dsn, {store::migrations(), lineage::migrations()}); !done) {
        std::fprintf(stderr, "migrations: %s\n", done.error().message.c_str());
        std::abort();
    }
    return dsn;
}

} // namespace

store::PoolOptions pool_as(const std::string& role, std::size_t connections_max) {
    store::PoolOptions options{.connections_max = connections_max, .connect = {}};
    options.connect.role = role;
    return options;
}

MigratedDatabase::MigratedDatabase()
    : dsn(migrated()), owner(dsn, pool_as("")), writer(dsn, pool_as("pedigree_writer", 16)),
      sequencer(dsn, pool_as("pedigree_sequencer")) {}

} // namespace pedigree::test

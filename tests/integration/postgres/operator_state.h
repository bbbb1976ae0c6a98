#pragma once
// A test that asks PostgresHistory or PostgresBuildMemory: a database with all migrations, and the
// epoch of its only leader.

#include <gtest/gtest.h>

#include "lineage/migrations.h"
#include "operator/storage/migrations.h"
#include "operator/storage/postgres_build_memory.h"
#include "operator/storage/postgres_history.h"
#include "store/epoch.h"
#include "store/migration.h"
#include "tests/integration/postgres/migrated_database.h"

namespace pedigree::control {

class OperatorStateTest : public testing::Test {
  protected:
    test::MigratedDatabase database;
    store::Epoch epoch = claimed();
    PostgresHistory state{database.writer, epoch};
    PostgresBuildMemory memory{database.writer, epoch};

  private:
    store::Epoch claimed() {
        const auto migrated = store::migrate(
            database.dsn, {store::migrations(), lineage::migrations(), migrations()});
        EXPECT_TRUE(migrated) << migrated.error().message;
        return *store::claim_epoch(database.writer, "operator");
    }
};

} // namespace pedigree::control

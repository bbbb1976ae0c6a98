// The migration runner against a real PostgreSQL.
#include "store/migration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lineage/migrations.h"
#include "store/pool.h"
#include "tests/integration/postgres/postgres_server.h"

namespace pedigree::store {
namespace {

using testing::HasSubstr;

class MigrationTest : public testing::Test {
  protected:
    Secret dsn = test::PostgresServer::shared().create_database();

    static std::vector<MigrationSet> with(std::vector<Migration> own) {
        return {migrations(), {"own", std::move(own)}};
    }
    bool exists(const std::string& table) {
        Pool pool(dsn, {.connections_max = 1, .connect = {}});
        return *pool.begin()
                    ->query("SELECT to_regclass($1) IS NOT NULL", {"pedigree." + table})
                    ->value<bool>();
    }
};

const Migration first{1, "0001_first", "CREATE TABLE first_table (id bigint)"};
const Migration second{2, "0002_second", "CREATE TABLE second_table (id bigint)"};

TEST_F(MigrationTest, AppliesEachFileOnce) {
    const auto sets = std::vector{migrations(), lineage::migrations()};
    const auto files = migrations().migrations.size() + lineage::migrations().migrations.size();
    const auto applied = migrate(dsn, sets);
    ASSERT_TRUE(applied) << applied.error().message;
    EXPECT_EQ(static_cast<std::size_t>(*applied), files);
    EXPECT_EQ(*migrate(dsn, sets), 0);
    EXPECT_TRUE(check_schema(dsn, sets));
}

TEST_F(MigrationTest, AppliesWhatWasAddedLater) {
    ASSERT_TRUE(migrate(dsn, with({first})));
    EXPECT_EQ(check_schema(dsn, with({first, second})).error().code, ErrorCode::Conflict);
    const auto applied = migrate(dsn, with({first, second}));
    ASSERT_TRUE(applied) << applied.error().message;
    EXPECT_EQ(*applied, 1);
    EXPECT_TRUE(exists("second_table"));
}

TEST_F(MigrationTest, RefusesAFileThatWasEdited) {
    ASSERT_TRUE(migrate(dsn, with({first})));
    const Migration edited{1, "0001_first", "CREATE TABLE first_table (id integer)"};
    const auto refused = migrate(dsn, with({edited, second}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_THAT(refused.error().message, HasSubstr("own/0001_first"));
    EXPECT_FALSE(exists("second_table"));
}

TEST_F(MigrationTest, RefusesADatabaseThatIsNewer) {
    ASSERT_TRUE(migrate(dsn, with({first, second})));
    const auto refused = migrate(dsn, with({first}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_THAT(refused.error().message, HasSubstr("own/0002_second"));
}

TEST_F(MigrationTest, RefusesAFileThatWasNumberedBetweenAppliedOnes) {
    const Migration third{3, "0003_third", "CREATE TABLE third_table (id bigint)"};
    ASSERT_TRUE(migrate(dsn, with({first, third})));
    EXPECT_FALSE(migrate(dsn, with({first, second, third})));
    EXPECT_FALSE(exists("second_table"));
}

TEST_F(MigrationTest, AFileThatFailsLeavesNothingBehind) {
    const Migration broken{2, "0002_broken", "CREATE TABLE half (id bigint); SELECT 1/0"};
    const auto failed = migrate(dsn, with({first, broken}));
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message, HasSubstr("own/0002_broken"));
    EXPECT_FALSE(exists("first_table"));
    EXPECT_FALSE(exists("schema_migration"));
}

TEST_F(MigrationTest, ObjectsBelongToTheOwnerRole) {
    ASSERT_TRUE(migrate(dsn, with({first})));
    ASSERT_TRUE(migrate(dsn, with({first, second})));
    Pool pool(dsn, {.connections_max = 1, .connect = {}});
    const auto owners = pool.begin()->query(
        "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'pedigree'");
    EXPECT_EQ(*owners->column<std::string>(), std::vector<std::string>{"pedigree_owner"});
}

// As a platform gives it out: no superuser, only the right to create roles and its own database.
TEST_F(MigrationTest, NeedsNoSuperuser) {
    const std::string database = dsn.reveal().substr(dsn.reveal().rfind('=') + 1);
    Pool superuser(dsn, {.connections_max = 1, .connect = {}});
    ASSERT_TRUE(superuser.acquire().value()->run_script(
        "CREATE ROLE platform_login LOGIN CREATEROLE; ALTER DATABASE " + database +
        " OWNER TO platform_login; REVOKE ALL ON DATABASE " + database + " FROM PUBLIC"));
    const Secret login = test::PostgresServer::shared().as_login(dsn, "platform_login");
    const auto sets =
        std::vector{migrations(), lineage::migrations(), MigrationSet{"own", {first, second}}};
    const auto applied = migrate(login, sets);
    ASSERT_TRUE(applied) << applied.error().message;
    EXPECT_EQ(*migrate(login, sets), 0);
    for (const char* role : {"pedigree_writer", "pedigree_sequencer", "pedigree_api"}) {
        PoolOptions options{.connections_max = 1, .connect = {}};
        options.connect.role = role;
        Pool pool(login, options);
        const auto rows = pool.begin()->query("SELECT count(*) FROM ledger");
        ASSERT_TRUE(rows) << role << ": " << rows.error().message;
    }
}

} // namespace
} // namespace pedigree::store

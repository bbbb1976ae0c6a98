// Who may do what: the roles and triggers against a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/postgres/postgres_server.h"
#include "tests/integration/postgres/story.h"

namespace pedigree::store {
namespace {

using records::NodeKind;
using records::Relation;
using test::ref;
using testing::HasSubstr;

class RoleTest : public testing::Test {
  protected:
    test::MigratedDatabase database;
    test::Story story{database};

    void SetUp() override {
        story.tell("vision", "exp-1",
                   {{ref(NodeKind::Model, "m"), Relation::GeneratedBy,
                     ref(NodeKind::Attempt, "attempt-1")}});
        story.tell("speech", "exp-2",
                   {{ref(NodeKind::Model, "n"), Relation::GeneratedBy,
                     ref(NodeKind::Attempt, "attempt-2")}});
        story.number_all();
    }

    ErrorCode refusal(Pool& pool, const std::string& sql) {
        auto transaction = *pool.begin();
        const auto done = transaction.execute(sql);
        return done ? ErrorCode::Internal : done.error().code;
    }
    void run_as_owner(const std::string& sql) {
        auto transaction = *database.owner.begin();
        const auto done = transaction.run_script(sql);
        ASSERT_TRUE(done) << done.error().message;
        ASSERT_TRUE(transaction.commit());
    }
};

constexpr const char* changes[] = {
    "UPDATE ledger SET body = ''",       "DELETE FROM ledger",     "TRUNCATE ledger CASCADE",
    "UPDATE checkpoint SET root = root", "DELETE FROM checkpoint", "TRUNCATE checkpoint"};

TEST_F(RoleTest, NoRoleOfTheOperatorChangesTheLedger) {
    for (const std::string role : {"pedigree_writer", "pedigree_sequencer", "pedigree_api"}) {
        Pool pool(database.dsn, test::pool_as(role, 1));
        for (const char* sql : changes) {
            EXPECT_EQ(refusal(pool, sql), ErrorCode::Forbidden) << role << ": " << sql;
        }
        for (const char* sql :
             {"UPDATE edge SET dst = src", "DELETE FROM node", "UPDATE node_attribute SET seq = 0",
              "DELETE FROM gap", "DELETE FROM erasable_text", "DROP TABLE ledger",
              "ALTER TABLE ledger DISABLE TRIGGER ALL"}) {
            EXPECT_EQ(refusal(pool, sql), ErrorCode::Forbidden) << role << ": " << sql;
        }
    }
}

TEST_F(RoleTest, TheWriterOnlyAddsToTheOutbox) {
    EXPECT_EQ(refusal(database.writer, "DELETE FROM outbox"), ErrorCode::Forbidden);
    EXPECT_EQ(refusal(database.writer, "SELECT texts FROM outbox"), ErrorCode::Forbidden);
    EXPECT_EQ(refusal(database.writer, "UPDATE outbox SET body = ''"), ErrorCode::Forbidden);
    EXPECT_EQ(refusal(database.writer,
                      "INSERT INTO ledger (seq, event_id, leaf_hash, body, type, "
                      "scope, event_time) SELECT 99, gen_random_uuid(), leaf_hash, "
                      "body, type, scope, event_time FROM ledger LIMIT 1"),
              ErrorCode::Forbidden);
    EXPECT_EQ(refusal(database.writer, "INSERT INTO edge SELECT * FROM edge"),
              ErrorCode::Forbidden);
}

TEST_F(RoleTest, TriggersStopTheOwnerAndTheReplicaRoleToo) {
    for (const std::string before :
         {"", "SET LOCAL ROLE pedigree_owner", "SET LOCAL session_replication_role = replica"}) {
        for (const char* sql : changes) {
            auto transaction = *database.owner.begin();
            ASSERT_TRUE(transaction.run_script(before.empty() ? "SELECT 1" : before));
            const auto done = transaction.execute(sql);
            ASSERT_FALSE(done) << before << ": " << sql;
            EXPECT_EQ(done.error().code, ErrorCode::Forbidden) << sql;
            EXPECT_THAT(done.error().message, HasSubstr("append-only"));
        }
    }
}

TEST_F(RoleTest, AReaderSeesTheNamespacesGrantedToItAndNoTable) {
    run_as_owner("CREATE ROLE alice LOGIN IN ROLE pedigree_reader;"
                 "INSERT INTO reader_namespace VALUES ('alice', 'vision')");
    Pool alice(test::PostgresServer::shared().as_login(database.dsn, "alice"),
               test::pool_as("", 1));
    const auto texts = [&](const std::string& sql) {
        const auto rows = alice.begin()->query(sql);
        EXPECT_TRUE(rows) << rows.error().message;
        return *rows->column<std::string>();
    };
    EXPECT_EQ(texts("SELECT digest FROM lineage_model"), std::vector{test::digest_of("m")});
    EXPECT_EQ(texts("SELECT uid FROM lineage_attempt"), std::vector<std::string>{"attempt-1"});
    EXPECT_EQ(texts("SELECT namespace FROM lineage_entry"), std::vector<std::string>{"vision"});
    EXPECT_EQ(texts("SELECT namespace FROM lineage_edge"), std::vector<std::string>{"vision"});
    EXPECT_EQ(texts("SELECT node FROM lineage_node ORDER BY node"),
              (std::vector<std::string>{"Attempt:attempt-1", "Model:" + test::digest_of("m")}));
    for (const char* table :
         {"ledger", "edge", "node", "erasable_text", "outbox", "reader_namespace", "scope"}) {
        EXPECT_EQ(refusal(alice, std::string("SELECT FROM ") + table), ErrorCode::Forbidden);
    }
    EXPECT_EQ(refusal(alice, "INSERT INTO reader_namespace VALUES ('alice', 'speech')"),
              ErrorCode::Forbidden);
    run_as_owner("INSERT INTO reader_namespace VALUES ('alice', '*')");
    EXPECT_EQ(texts("SELECT digest FROM lineage_model").size(), 2U);
    run_as_owner("DROP OWNED BY alice; DROP ROLE alice"); // roles belong to the whole server
}

TEST_F(RoleTest, AReaderWithoutAGrantSeesNothing) {
    run_as_owner("CREATE ROLE bob LOGIN IN ROLE pedigree_reader");
    {
        Pool bob(test::PostgresServer::shared().as_login(database.dsn, "bob"),
                 test::pool_as("", 1));
        for (const char* view :
             {"lineage_model", "lineage_attempt", "lineage_edge", "lineage_node", "lineage_entry",
              "lineage_gap", "lineage_attribute", "lineage_experiment"}) {
            const auto rows = bob.begin()->query(std::string("SELECT count(*) FROM ") + view);
            ASSERT_TRUE(rows) << view << ": " << rows.error().message;
            EXPECT_EQ(*rows->value<std::int64_t>(), 0) << view;
        }
    }
    run_as_owner("DROP ROLE bob");
}

TEST_F(RoleTest, EveryWordOfTheRecordsIsInTheTables) {
    auto transaction = *database.owner.begin();
    const auto words = [&](const std::string& table) {
        return *transaction.query("SELECT word FROM " + table)->column<std::string>();
    };
    for (const std::string& word : words("node_kind")) {
        EXPECT_TRUE(from_word<records::NodeKind>(word)) << word;
    }
    for (int kind = 0; kind <= static_cast<int>(NodeKind::Model); ++kind) {
        EXPECT_THAT(words("node_kind"),
                    testing::Contains(std::string(to_string(static_cast<NodeKind>(kind)))));
    }
    for (int relation = 0; relation <= static_cast<int>(Relation::Follows); ++relation) {
        EXPECT_THAT(words("relation"),
                    testing::Contains(std::string(to_string(static_cast<Relation>(relation)))));
    }
    for (int asserted = 0; asserted <= static_cast<int>(records::Asserted::UserCode); ++asserted) {
        EXPECT_THAT(words("asserted"), testing::Contains(std::string(
                                           to_string(static_cast<records::Asserted>(asserted)))));
    }
}

} // namespace
} // namespace pedigree::store

// The audit against a real PostgreSQL: clean when nothing was changed, and each kind of change
// found.
#include "lineage/audit.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::GapKind;
using records::NodeKind;
using records::Relation;
using test::ref;
using testing::Contains;
using testing::IsEmpty;

class AuditTest : public testing::Test {
  protected:
    static constexpr int entries = 12;
    test::MigratedDatabase database;
    test::Story story{database};

    void SetUp() override {
        for (int i = 1; i <= entries; ++i) {
            const std::string name = std::to_string(i);
            auto event = test::story_event(name, "vision", "exp-" + name,
                                           {{ref(NodeKind::Model, name), Relation::GeneratedBy,
                                             ref(NodeKind::Attempt, "attempt-" + name)}});
            event.node(ref(NodeKind::Model, name))
                .attribute("bytes", std::int64_t{i})
                .text("name", "model " + name);
            event.gap(GapKind::PodEntered, ref(NodeKind::Attempt, "attempt-" + name), "entered");
            story.append(event);
            if (i % 3 == 0) {
                story.number_all(); // several checkpoints
            }
        }
    }

    // What both checks find after somebody with every right has run the statement.
    std::vector<std::pair<std::string, std::int64_t>> found_after(const std::string& tampering) {
        auto transaction = *database.owner.begin();
        const auto done = transaction.run_script("SET LOCAL session_replication_role = replica;"
                                                 "ALTER TABLE ledger DISABLE TRIGGER ALL;"
                                                 "ALTER TABLE checkpoint DISABLE TRIGGER ALL;" +
                                                 tampering);
        EXPECT_TRUE(done) << tampering << ": " << done.error().message;
        std::vector<std::pair<std::string, std::int64_t>> found;
        for (const auto& report : {verify_ledger(transaction), verify_graph(transaction)}) {
            EXPECT_TRUE(report) << tampering << ": " << report.error().message;
            if (!report) {
                continue;
            }
            for (const Finding& finding : report->findings) {
                found.emplace_back(to_string(finding.kind), finding.entry);
            }
        }
        return found; // the transaction is rolled back
    }
};

TEST_F(AuditTest, FindsNothingWhereNothingWasChanged) {
    EXPECT_THAT(found_after(""), IsEmpty());
}

TEST_F(AuditTest, ReportsTheTreeThatItRecomputed) {
    auto transaction = *database.owner.begin();
    const auto report = verify_ledger(transaction);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->size, entries);
    const auto root = transaction.query("SELECT root FROM checkpoint WHERE size = 12");
    EXPECT_EQ(report->root, *root->value<Digest>());
}

struct Tampering {
    const char* sql;
    const char* kind;
    std::int64_t entry;
};

TEST_F(AuditTest, FindsEachKindOfChangeAndNamesTheEntry) {
    for (
        const Tampering& tampering : std::vector<Tampering>{
            {"UPDATE ledger SET body = body || ' ' WHERE seq = 5", "LeafChanged", 5},
            {"UPDATE ledger SET body = body || ' ' WHERE seq = 5", "RootChanged", 6},
            {"UPDATE ledger SET leaf_hash = sha256('x') WHERE seq = 5", "LeafChanged", 5},
            {"UPDATE ledger SET body = body || ' ', leaf_hash = sha256('\\x00' || body || ' ') "
             "WHERE seq = 5",
             "RootChanged", 6},
            {"UPDATE ledger SET type = 'Other' WHERE seq = 5", "ColumnChanged", 5},
            {"UPDATE ledger SET scope = 1 WHERE seq = 5", "ColumnChanged", 5},
            {"UPDATE ledger SET event_time = now() WHERE seq = 5", "ColumnChanged", 5},
            {"UPDATE ledger SET event_id = gen_random_uuid() WHERE seq = 5", "ColumnChanged", 5},
            {"UPDATE scope SET experiment = 'exp-x' WHERE experiment = 'exp-5'", "ColumnChanged",
             5},
            {"UPDATE namespace SET name = 'speech'", "ColumnChanged", 1},
            {"DELETE FROM ledger WHERE seq = 5", "EntryMissing", 5},
            {"DELETE FROM ledger WHERE seq = 12", "EntryMissing", 12},
            {"DELETE FROM ledger WHERE seq > 9; DELETE FROM checkpoint WHERE size > 9; "
             "INSERT INTO ledger SELECT 10, gen_random_uuid(), sha256('\\x00' || body), body, type, "
             "scope, event_time, recorded_time, epoch FROM ledger WHERE seq = 9",
             "RootChanged", 10},
            {"UPDATE ledger SET seq = 1011 - seq WHERE seq IN (5, 6);"
             "UPDATE ledger SET seq = seq - 1000 WHERE seq > 1000",
             "RootChanged", 6},
            {"UPDATE checkpoint SET root = sha256('x') WHERE size = 6", "RootChanged", 6},
            {"UPDATE erasable_text SET content = 'other' WHERE content = 'model 5'", "TextChanged",
             0},
            {"UPDATE node SET key = 'attempt-x' WHERE key = 'attempt-5'", "GraphRowInvented", 5},
            {"UPDATE node SET kind = 17 WHERE key = 'attempt-5'", "GraphRowInvented", 5},
            {"UPDATE node SET first_seq = 4 WHERE key = 'attempt-5'", "GraphRowInvented", 4},
            {"DELETE FROM node WHERE key = 'attempt-5'", "GraphRowMissing", 5},
            {"UPDATE node_attribute SET value = '99' WHERE seq = 5 AND name = 'bytes'",
             "GraphRowInvented", 5},
            {"UPDATE node_attribute SET name = 'size' WHERE seq = 5 AND name = 'bytes'",
             "GraphRowMissing", 5},
            {"UPDATE node_attribute SET scope = 1 WHERE seq = 5", "GraphRowInvented", 5},
            {"DELETE FROM node_attribute WHERE seq = 5", "GraphRowMissing", 5},
            {"UPDATE edge SET dst = 1 WHERE seq = 5", "GraphRowInvented", 5},
            {"UPDATE edge SET dst = -1 WHERE seq = 5", "GraphRowInvented", 5},
            {"UPDATE edge SET relation = 2 WHERE seq = 5", "GraphRowInvented", 5},
            {"UPDATE edge SET asserted = 4 WHERE seq = 5", "GraphRowInvented", 5},
            {"UPDATE edge SET role = 'Train' WHERE seq = 5", "GraphRowInvented", 5},
            {"UPDATE edge SET scope = 1 WHERE seq = 5", "GraphRowInvented", 5},
            {"UPDATE edge SET seq = 4 WHERE seq = 5", "GraphRowInvented", 4},
            {"DELETE FROM edge WHERE seq = 5", "GraphRowMissing", 5},
            {"INSERT INTO edge SELECT dst, 8, src, seq, scope, asserted, role FROM edge "
             "WHERE seq = 5",
             "GraphRowInvented", 5},
            {"DELETE FROM gap WHERE seq = 5", "GraphRowMissing", 5},
            {"UPDATE gap SET kind = 'BytesGone' WHERE seq = 5", "GraphRowInvented", 5},
            {"INSERT INTO node_namespace SELECT node, -1, seq FROM node_namespace WHERE seq = 5",
             "GraphRowInvented", 5},
            {"DELETE FROM node_namespace WHERE seq = 5", "GraphRowMissing", 5}}) {
        EXPECT_THAT(found_after(tampering.sql),
                    Contains(std::pair<std::string, std::int64_t>(tampering.kind, tampering.entry)))
            << tampering.sql;
    }
}

// Any one byte of any body, leaf or root.
TEST_F(AuditTest, FindsEveryFlippedByte) {
    std::mt19937 random(7);
    for (int round = 0; round < 60; ++round) {
        const char* columns[] = {"body", "leaf_hash", "root"};
        const std::string column = columns[round % 3];
        const std::string table = column == "root" ? "checkpoint" : "ledger";
        const std::string key = column == "root" ? "size" : "seq";
        const int row = column == "root" ? 3 * (1 + static_cast<int>(random() % 4))
                                         : 1 + static_cast<int>(random() % entries);
        const std::string at = std::to_string(random() % (column == "body" ? 200 : 32));
        const std::string sql = "UPDATE " + table + " SET " + column + " = set_byte(" + column +
                                ", " + at + ", (get_byte(" + column + ", " + at + ") # 1)) WHERE " +
                                key + " = " + std::to_string(row);
        EXPECT_FALSE(found_after(sql).empty()) << sql;
    }
}

} // namespace
} // namespace pedigree::lineage

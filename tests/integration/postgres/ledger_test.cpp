// Outbox, sequencer and ledger against a real PostgreSQL.
#include "lineage/ledger.h"

#include <atomic>
#include <csignal>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "base/process.h"
#include "lineage/audit.h"
#include "lineage/sequencer.h"
#include "store/epoch.h"
#include "tests/integration/postgres/naive_merkle.h"
#include "tests/integration/postgres/postgres_server.h"
#include "tests/integration/postgres/story.h"

namespace pedigree::lineage {
namespace {

using records::Event;
using records::NodeKind;
using records::Relation;

class LedgerTest : public testing::Test {
  protected:
    test::MigratedDatabase database;
    test::Story story{database};

    std::vector<std::string> bodies() {
        auto transaction = *database.writer.begin();
        const auto rows = transaction.query("SELECT seq, body FROM ledger ORDER BY seq");
        const auto entries = *rows->as<std::int64_t, store::Bytes>();
        std::vector<std::string> out;
        for (const auto& [seq, body] : entries) {
            out.push_back(body.value);
            EXPECT_EQ(seq, static_cast<std::int64_t>(out.size())); // no gaps, from 1
        }
        return out;
    }
    LedgerHead head() {
        auto transaction = *database.writer.begin();
        return *ledger_head(transaction);
    }
    std::optional<std::int64_t> entry(const std::string& event_id) {
        auto transaction = *database.writer.begin();
        return *entry_of(transaction, event_id);
    }
    std::int64_t count(const std::string& table) {
        return *database.owner.begin()
                    ->query("SELECT count(*) FROM " + table)
                    ->value<std::int64_t>();
    }
    void expect_clean() {
        auto transaction = *database.owner.begin();
        for (const auto& report : {verify_ledger(transaction), verify_graph(transaction)}) {
            ASSERT_TRUE(report) << report.error().message;
            for (const Finding& finding : report->findings) {
                ADD_FAILURE() << to_string(finding.kind) << " at " << finding.entry << ": "
                              << finding.sentence;
            }
        }
    }
};

Event event_named(const std::string& name) {
    return test::story_event(name, "vision", "exp-1",
                             {{test::ref(NodeKind::Model, name), Relation::GeneratedBy,
                               test::ref(NodeKind::Attempt, name)}});
}

TEST_F(LedgerTest, HoldsTheExactBytesInOrder) {
    const Event first = event_named("a");
    const Event second = event_named("b");
    story.append(first);
    story.append(second);
    EXPECT_EQ(story.number_all(), 2);
    EXPECT_EQ(bodies(), (std::vector{first.body(), second.body()}));
    EXPECT_EQ(head().root, test::naive_root(bodies()));
    EXPECT_EQ(count("outbox"), 0);
    EXPECT_EQ(entry(second.header().id), 2);
    EXPECT_EQ(entry(random_uuid()), std::nullopt);
}

TEST_F(LedgerTest, KnowsTheRootOfEachCheckpoint) {
    story.append(event_named("a"));
    story.number_all();
    const LedgerHead first = head();
    story.append(event_named("b"));
    story.number_all();
    auto transaction = *database.writer.begin();
    EXPECT_EQ(*root_at(transaction, 1), first.root);
    EXPECT_EQ(*root_at(transaction, 2), head().root);
    EXPECT_EQ(*root_at(transaction, 3), std::nullopt);
}

// A part that this version cannot read costs the entry nothing else, and is said.
TEST_F(LedgerTest, KeepsTheRestOfAnEntryWithAnUnreadablePart) {
    Json body = *parse_json(event_named("a").body());
    body["nodes"][0]["attributes"]["status"] = std::string(5000, 'x');
    body["nodes"].push_back({{"id", "Spaceship:1"}, {"attributes", Json::object()}});
    const std::string id = event_named("a").header().id;
    {
        auto transaction = *database.owner.begin();
        ASSERT_TRUE(
            transaction.execute("INSERT INTO outbox (event_id, body, commitments, salts, texts) "
                                "VALUES ($1, $2, '{}', '{}', '{}')",
                                {id, store::Bytes{canonical_json(body)}}));
        ASSERT_TRUE(transaction.commit());
    }
    EXPECT_EQ(story.number_all(), 1);
    EXPECT_EQ(count("edge"), 1);
    auto transaction = *database.writer.begin();
    EXPECT_EQ(*unread_entries(transaction, {NodeKind::ExperimentSpec, "exp-1"}), 1);
    EXPECT_EQ(*unread_entries(transaction, {NodeKind::ExperimentSpec, "exp-2"}), 0);
    EXPECT_EQ(count("erasable_text"), 1); // the gap's sentence
    expect_clean();
}

TEST_F(LedgerTest, AnEmptyLedgerHasTheEmptyTreesRoot) {
    EXPECT_EQ(head().size, 0);
    EXPECT_EQ(head().root, sha256(""));
    expect_clean();
}

TEST_F(LedgerTest, ARepeatIsLeftOutBeforeAndAfterItWasNumbered) {
    story.append(event_named("a"));
    story.append(event_named("a"));
    EXPECT_EQ(story.number_all(), 1);
    story.append(event_named("a"));
    EXPECT_EQ(count("outbox"), 0);
    EXPECT_EQ(story.number_all(), 1);
    expect_clean();
}

TEST_F(LedgerTest, ARepeatThatSlippedIntoTheOutboxIsDropped) {
    story.append(event_named("a"));
    story.number_all();
    auto transaction = *database.owner.begin(); // as if appended while the first was being numbered
    ASSERT_TRUE(
        transaction.execute("INSERT INTO outbox (event_id, body, commitments, salts, texts) "
                            "SELECT event_id, body, '{}', '{}', '{}' FROM ledger"));
    ASSERT_TRUE(transaction.commit());
    const auto step = Sequencer(database.sequencer).step();
    EXPECT_EQ(step->numbered, 0);
    EXPECT_EQ(step->repeats, 1);
    EXPECT_EQ(count("outbox"), 0);
    expect_clean();
}

TEST_F(LedgerTest, WhatWasRolledBackLeavesNoGap) {
    {
        auto transaction = *database.writer.begin();
        ASSERT_TRUE(append(transaction, event_named("never")));
    }
    story.append(event_named("a"));
    EXPECT_EQ(story.number_all(), 1);
    EXPECT_EQ(bodies().size(), 1U);
}

TEST_F(LedgerTest, TextsStandBesideTheLedgerAndCanBeErased) {
    Event event = event_named("a");
    const std::string name = "Grace \xe4 O'Hopper"; // not UTF-8
    event.node(test::ref(NodeKind::Model, "a")).text("name", name);
    story.append(event);
    story.number_all();
    EXPECT_EQ(bodies().front().find("Hopper"), std::string::npos);
    expect_clean();
    const Digest root = head().root;
    const auto named = story.trace(test::digest_of("a"));
    EXPECT_EQ(named["nodes"][0]["attributes"]["name"], "Grace \xef\xbf\xbd O'Hopper");

    auto transaction = *database.owner.begin();
    ASSERT_EQ(*transaction.execute("DELETE FROM erasable_text"), 1);
    ASSERT_TRUE(transaction.commit());
    EXPECT_TRUE(story.trace(test::digest_of("a"))["nodes"][0]["attributes"]["name"].is_null());
    EXPECT_EQ(head().root, root);
    expect_clean();
}

TEST_F(LedgerTest, AnEventThatCannotBeReadIsNumberedAndSaysNothing) {
    auto transaction = *database.owner.begin();
    for (const std::string rest :
         {"", R"(})",
          R"(,"build":"","edges":[],"experiment":"a\u0000b","gaps":[],"namespace":"n","nodes":[],)"
          R"("time":"2026-01-01T00:00:00.000000Z","type":"T"})"}) {
        const std::string id = random_uuid();
        const std::string body = rest.empty() ? "not json" : R"({"id":")" + id + '"' + rest;
        ASSERT_TRUE(
            transaction.execute("INSERT INTO outbox (event_id, body, commitments, salts, texts) "
                                "VALUES ($1, $2, '{}', '{}', '{}')",
                                {id, store::Bytes{body}}));
    }
    ASSERT_TRUE(transaction.commit());
    story.append(event_named("good"));
    EXPECT_EQ(story.number_all(), 4);
    EXPECT_EQ(head().root, test::naive_root(bodies()));
    EXPECT_EQ(test::node_ids(story.trace(test::digest_of("good"))).size(), 2U);
    expect_clean();
}

TEST_F(LedgerTest, AnEventBeyondTheLimitsIsRefusedByName) {
    Event event = event_named("big");
    event.node(test::ref(NodeKind::Model, "big")).text("log", std::string(text_bytes_max + 1, 'x'));
    auto transaction = *database.writer.begin();
    const auto refused = append(transaction, event);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
}

TEST_F(LedgerTest, OnlyOneSequencerWorksAtATime) {
    story.append(event_named("a"));
    auto other = *database.sequencer.begin();
    ASSERT_TRUE(*other.try_lock(store::AdvisoryLock::named("pedigree/sequencer")));
    EXPECT_TRUE(Sequencer(database.sequencer).step()->busy);
    other.rollback();
    EXPECT_EQ(Sequencer(database.sequencer).step()->numbered, 1);
}

TEST_F(LedgerTest, ALedgerWhoseEndIsGoneIsNotContinued) {
    story.append(event_named("a"));
    story.append(event_named("b"));
    story.number_all();
    auto transaction = *database.owner.begin();
    ASSERT_TRUE(transaction.run_script("ALTER TABLE ledger DISABLE TRIGGER ALL; "
                                       "DELETE FROM ledger WHERE seq = 2"));
    ASSERT_TRUE(transaction.commit());
    story.append(event_named("c"));
    const auto step = Sequencer(database.sequencer).step();
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().code, ErrorCode::Corrupt);
}

TEST_F(LedgerTest, TheLeadersEpochStandsBesideItsEntries) {
    const auto epoch = *store::claim_epoch(database.writer, "operator-a");
    auto transaction = *database.writer.begin({.epoch = epoch});
    ASSERT_TRUE(append(transaction, event_named("a")));
    ASSERT_TRUE(transaction.commit());
    story.number_all();
    EXPECT_EQ(*database.writer.begin()->query("SELECT epoch FROM ledger")->value<std::int64_t>(),
              epoch.number);
}

TEST_F(LedgerTest, TheSequencerOfAnOldLeaderEnds) {
    const auto old = *store::claim_epoch(database.writer, "operator-a");
    ASSERT_TRUE(store::claim_epoch(database.writer, "operator-b"));
    store::Listener listener(database.dsn, outbox_channel);
    const auto ended = Sequencer(database.sequencer, {.epoch = old}).run(listener, {});
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().reason, store::stale_epoch_reason);
}

// The soundness test: writers at the same time, one in ten rolled back or repeated, a sequencer
// that is woken by them, and the ledger proves itself afterwards.
TEST_F(LedgerTest, EightWritersAtOnceMakeOneSoundLedger) {
    constexpr int writers = 8;
    constexpr int events_each = 60;
    std::atomic<int> committed = 0;
    std::stop_source stop;
    Sequencer sequencer(database.sequencer, {.batch_events_max = 7});
    store::Listener listener(database.dsn, outbox_channel);
    std::jthread running([&] { EXPECT_TRUE(sequencer.run(listener, stop.get_token())); });
    {
        std::vector<std::jthread> threads;
        for (int writer = 0; writer < writers; ++writer) {
            threads.emplace_back([&, writer] {
                std::mt19937 random(static_cast<unsigned>(writer));
                for (int i = 0; i < events_each; ++i) {
                    const std::string name = std::to_string(writer) + "/" + std::to_string(i);
                    auto transaction = *database.writer.begin();
                    ASSERT_TRUE(append(transaction, event_named(name)));
                    if (random() % 10 == 0) {
                        continue; // rolled back
                    }
                    ASSERT_TRUE(transaction.commit());
                    ++committed;
                    if (random() % 10 == 0) {
                        story.append(event_named(name));
                    }
                }
            });
        }
    }
    while (head().size < committed) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    stop.request_stop();
    running.join();
    EXPECT_EQ(head().size, committed);
    EXPECT_EQ(head().root, test::naive_root(bodies()));
    EXPECT_EQ(count("node"), 2 * committed);
    EXPECT_EQ(count("edge"), committed);
    expect_clean();
}

// Killed right before and right after its commit, again and again, in a process of its own.
TEST_F(LedgerTest, ASequencerKilledAtItsCommitsLosesAndDoublesNothing) {
    for (int i = 0; i < 20; ++i) {
        story.append(event_named(std::to_string(i)));
    }
    for (int round = 0; round < 6; ++round) {
        const auto killed = run_process(
            {.argv = {PEDIGREE_SEQUENCE_ONCE, database.dsn.reveal(), "3"},
             .environment = {{"PEDIGREE_FAILPOINT",
                              round % 2 == 0 ? "ledger.before_commit" : "ledger.after_commit"}}});
        ASSERT_TRUE(killed) << killed.error().message;
        ASSERT_EQ(killed->signal, SIGKILL) << killed->error_output;
        // The dead session's transaction ends when the server notices; then its lock is free.
        while (Sequencer(database.sequencer, {.batch_events_max = 1}).step()->busy) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    EXPECT_EQ(head().size, 15); // three committed batches, and one event after each kill
    EXPECT_EQ(story.number_all(), 20);
    EXPECT_EQ(head().root, test::naive_root(bodies()));
    expect_clean();
}

TEST_F(LedgerTest, TheSequencerGoesOnAfterTheServersCrash) {
    std::stop_source stop;
    Sequencer sequencer(database.sequencer, {.error_wait = std::chrono::milliseconds(20)});
    store::Listener listener(database.dsn, outbox_channel);
    std::jthread running([&] { EXPECT_TRUE(sequencer.run(listener, stop.get_token())); });
    story.append(event_named("before"));
    while (head().size < 1) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    test::PostgresServer::shared().crash_and_restart();
    story.append(event_named("after"));
    while (head().size < 2) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    stop.request_stop();
    running.join();
    EXPECT_EQ(head().root, test::naive_root(bodies()));
    expect_clean();
}

} // namespace
} // namespace pedigree::lineage

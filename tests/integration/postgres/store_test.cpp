// Connections, transactions and the pool against a real PostgreSQL.
#include "store/pool.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "store/listener.h"
#include "tests/integration/postgres/postgres_server.h"

namespace pedigree::store {
namespace {

using testing::HasSubstr;
using testing::Not;

class StoreTest : public testing::Test {
  protected:
    test::PostgresServer& server = test::PostgresServer::shared();
    Secret dsn = server.create_database();
    Pool pool{dsn, {.connections_max = 4, .connect = {}}};

    void SetUp() override { run("CREATE SCHEMA pedigree"); } // what the search path names
    Transaction begin(TransactionOptions options = {}) {
        auto transaction = pool.begin(options);
        EXPECT_TRUE(transaction) << transaction.error().message;
        return *std::move(transaction);
    }
    void run(const std::string& sql) {
        auto transaction = begin();
        const auto rows = transaction.run_script(sql);
        ASSERT_TRUE(rows) << rows.error().message;
        ASSERT_TRUE(transaction.commit());
    }
    std::int64_t count(const std::string& table) {
        return *begin().query("SELECT count(*) FROM " + table)->value<std::int64_t>();
    }
};

TEST_F(StoreTest, ValuesOfEveryTypeComeBackAsTheyWent) {
    const std::string binary("\0\1\377'\\", 5);
    const std::string text = "quote ' backslash \\ brace { newline \n \xc3\xa9";
    const Digest digest = sha256("x");
    const Instant time = *parse_instant("2026-01-31T23:59:59.123456Z");
    auto transaction = begin();
    const auto rows = transaction.query(
        "SELECT $1::bigint, $2::text, $3::bytea, $4::bytea, $5::timestamptz, $6::jsonb, $7::boolean, "
        "$8::text, $9::bigint[], ($10::text[])[2], ($11::bytea[])[1]",
        {std::int64_t{-5}, text, Bytes{binary}, digest, time, Json{{"a", 1}}, true, std::nullopt,
         std::vector<std::int64_t>{1, -2}, std::vector<std::string>{"a,b", text},
         std::vector<Bytes>{{binary}}});
    ASSERT_TRUE(rows) << rows.error().message;
    const auto all =
        rows->as<std::int64_t, std::string, Bytes, Digest, Instant, Json, bool,
                 std::optional<std::string>, std::vector<std::int64_t>, std::string, Bytes>();
    ASSERT_TRUE(all) << all.error().message;
    const auto& [number, string, bytes, hash, instant, json, flag, null, numbers, element, raw] =
        all->front();
    EXPECT_EQ(number, -5);
    EXPECT_EQ(string, text);
    EXPECT_EQ(bytes.value, binary);
    EXPECT_EQ(hash, digest);
    EXPECT_EQ(instant, time);
    EXPECT_EQ(json, (Json{{"a", 1}}));
    EXPECT_TRUE(flag);
    EXPECT_FALSE(null);
    EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, -2}));
    EXPECT_EQ(element, text);
    EXPECT_EQ(raw.value, binary);
}

TEST_F(StoreTest, NullWhereAValueIsExpectedIsAnErrorThatNamesTheColumn) {
    auto transaction = begin();
    const auto rows = transaction.query("SELECT NULL::bigint AS seq");
    const auto value = rows->value<std::int64_t>();
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::Corrupt);
    EXPECT_THAT(value.error().message, HasSubstr("seq"));
}

TEST_F(StoreTest, WhatIsNotCommittedIsGone) {
    run("CREATE TABLE thing (id bigint PRIMARY KEY)");
    {
        auto transaction = begin();
        ASSERT_TRUE(transaction.execute("INSERT INTO thing VALUES ($1)", {1}));
    }
    EXPECT_EQ(count("thing"), 0);
}

TEST_F(StoreTest, ErrorsCarryTheirMeaning) {
    run("CREATE TABLE thing (id bigint PRIMARY KEY)");
    {
        auto transaction = begin();
        ASSERT_EQ(*transaction.execute("INSERT INTO thing VALUES (1), (2)"), 2);
        const auto again = transaction.execute("INSERT INTO thing VALUES (1)");
        EXPECT_EQ(again.error().code, ErrorCode::AlreadyExists);
        EXPECT_THAT(again.error().message, HasSubstr("23505"));
        const auto committed = transaction.commit(); // PostgreSQL answers with a rollback
        ASSERT_FALSE(committed);
        EXPECT_EQ(committed.error().code, ErrorCode::Conflict);
        EXPECT_EQ(transaction.fate(), Fate::RolledBack);
    }
    EXPECT_EQ(count("thing"), 0);
    auto transaction = begin({.access = Access::ReadOnly});
    EXPECT_EQ(transaction.execute("INSERT INTO thing VALUES (1)").error().code,
              ErrorCode::Unavailable);
}

TEST_F(StoreTest, TwoThatWroteTheSameRowConflict) {
    run("CREATE TABLE thing (id bigint PRIMARY KEY, value bigint); INSERT INTO thing VALUES (1, 0)");
    auto first = begin({.isolation = Isolation::RepeatableRead});
    auto second = begin({.isolation = Isolation::RepeatableRead});
    ASSERT_TRUE(first.query("SELECT * FROM thing"));
    ASSERT_TRUE(second.query("SELECT * FROM thing"));
    ASSERT_TRUE(first.execute("UPDATE thing SET value = 1"));
    ASSERT_TRUE(first.commit());
    EXPECT_EQ(second.execute("UPDATE thing SET value = 2").error().code, ErrorCode::Conflict);
}

TEST_F(StoreTest, AConnectionLostInTheCommitLeavesItsFateUnknown) {
    auto transaction = begin();
    const auto pid = *transaction.query("SELECT pg_backend_pid()")->value<std::int64_t>();
    ASSERT_TRUE(begin().query("SELECT pg_terminate_backend($1::integer, 5000)", {pid}));
    const auto committed = transaction.commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, ErrorCode::Unavailable);
    EXPECT_THAT(committed.error().message, HasSubstr("not known"));
    EXPECT_EQ(transaction.fate(), Fate::Unknown);
}

TEST_F(StoreTest, ThePoolGetsOverARestartOfTheServer) {
    {
        const auto first = begin();
        const auto second = begin(); // two idle connections afterwards
    }
    server.crash_and_restart();
    EXPECT_EQ(*begin().query("SELECT 7")->value<int>(), 7);
}

TEST_F(StoreTest, ADatabaseThatIsAwayIsUnavailableAndComesBack) {
    server.stop();
    const auto away = pool.begin();
    server.start();
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().code, ErrorCode::Unavailable);
    EXPECT_TRUE(away.error().retryable());
    EXPECT_TRUE(pool.begin());
}

TEST_F(StoreTest, NoMoreConnectionsThanAllowedAreLent) {
    Pool small(
        dsn,
        {.connections_max = 1, .acquire_timeout = std::chrono::milliseconds(20), .connect = {}});
    {
        const auto held = small.begin();
        ASSERT_TRUE(held);
        const auto refused = small.begin();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::TooMany);
    }
    EXPECT_TRUE(small.begin());
}

TEST_F(StoreTest, AStatementThatTakesTooLongIsEnded) {
    PoolOptions options{.connections_max = 1, .connect = {}};
    options.connect.statement_timeout = std::chrono::milliseconds(50);
    Pool impatient(dsn, options);
    auto transaction = *impatient.begin();
    EXPECT_EQ(transaction.query("SELECT pg_sleep(30)").error().code, ErrorCode::Timeout);
}

TEST_F(StoreTest, ADsnThatDoesNotParseIsNotQuoted) {
    const auto opened = Connection::open(Secret("postgresql://user:canary-secret%zz@host:x/db"));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(opened.error().message, Not(HasSubstr("canary")));
}

TEST_F(StoreTest, AdvisoryLocksExcludeEachOther) {
    auto first = begin();
    auto second = begin();
    const AdvisoryLock lock = AdvisoryLock::named("test");
    EXPECT_TRUE(*first.try_lock(lock));
    EXPECT_FALSE(*second.try_lock(lock));
    first.rollback();
    EXPECT_TRUE(*second.try_lock(lock));
}

TEST_F(StoreTest, AListenerHearsOfACommitAndStopsWhenTold) {
    Listener listener(dsn, "test_channel");
    std::stop_source stop;
    ASSERT_EQ(*listener.wait(std::chrono::seconds(30), stop.get_token()),
              Wake::Notified); // connected
    run("NOTIFY test_channel");
    EXPECT_EQ(*listener.wait(std::chrono::seconds(30), stop.get_token()), Wake::Notified);
    EXPECT_EQ(*listener.wait(std::chrono::milliseconds(1), stop.get_token()), Wake::TimeOver);
    std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_EQ(*listener.wait(std::chrono::seconds(30), stop.get_token()), Wake::Stopped);
}

TEST_F(StoreTest, AListenerWhoseConnectionBreaksConnectsAgain) {
    Listener listener(dsn, "test_channel", {.application_name = "the-listener", .role = ""});
    ASSERT_EQ(*listener.wait(std::chrono::seconds(30), {}), Wake::Notified);
    ASSERT_TRUE(begin().query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                              "WHERE application_name = 'the-listener'"));
    EXPECT_FALSE(listener.wait(std::chrono::seconds(30), {}));
    EXPECT_EQ(*listener.wait(std::chrono::seconds(30), {}), Wake::Notified);
}

} // namespace
} // namespace pedigree::store

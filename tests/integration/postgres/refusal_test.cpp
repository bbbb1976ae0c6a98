// Which refusals of a real PostgreSQL are for ever, and which pass.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/pool.h"
#include "tests/integration/postgres/postgres_server.h"

namespace pedigree::store {
namespace {

class RefusalTest : public testing::Test {
  protected:
    Secret dsn = test::PostgresServer::shared().create_database();
    Pool pool{dsn, {.connections_max = 4, .connect = {}}};

    void SetUp() override {
        auto transaction = *pool.begin();
        ASSERT_TRUE(transaction.run_script(
            "CREATE SCHEMA pedigree; "
            "CREATE TABLE parent (id bigint PRIMARY KEY); "
            "CREATE TABLE child (id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES parent, "
            "                    word text CHECK (word <> 'bad'), small varchar(3)); "
            "CREATE TABLE indexed (word text PRIMARY KEY); "
            "INSERT INTO parent VALUES (1)"));
        ASSERT_TRUE(transaction.commit());
    }
    Error refusal(const std::string& sql, const Parameters& parameters = {}) {
        auto transaction = *pool.begin();
        const auto rows = transaction.query(sql, parameters);
        EXPECT_FALSE(rows) << sql;
        return rows ? Error(ErrorCode::Internal, "it went well") : rows.error();
    }
    void expect_permanent(const std::string& sql, const Parameters& parameters = {}) {
        const Error error = refusal(sql, parameters);
        EXPECT_EQ(prospect_of(error.code), Prospect::Permanent) << error.message;
    }
};

TEST_F(RefusalTest, OfTextThatIsNoneIsPermanent) {
    expect_permanent("SELECT $1::text", {std::string("cut \xc3")});           // 22021
    expect_permanent("SELECT $1::text", {std::string("a\0b", 3)});            // ours
    expect_permanent(R"(SELECT '{"a":"\u0000"}'::json ->> 'a')");             // 22P05
    expect_permanent("SELECT $1::jsonb", {std::string(R"({"a":"\u0000"})")}); // 22P05
    expect_permanent("SELECT $1::bigint", {std::string("seven")});            // 22P02
}

// libpq would end the text at the NUL and keep the rest silently from the database.
TEST_F(RefusalTest, NoTextIsKeptInPart) {
    const Error error = refusal("INSERT INTO indexed VALUES ($1)", {std::string("a\0b", 3)});
    EXPECT_EQ(error.code, ErrorCode::InvalidInput);
    EXPECT_THAT(error.message, testing::HasSubstr("$1"));
    auto transaction = *pool.begin();
    EXPECT_EQ(*transaction.query("SELECT count(*) FROM indexed")->value<std::int64_t>(), 0);
}

TEST_F(RefusalTest, OfAConstraintIsPermanent) {
    const std::string insert = "INSERT INTO child VALUES ($1, $2, $3, $4)";
    expect_permanent(insert, {1, 2, "good", "abc"});            // 23503
    expect_permanent(insert, {1, std::nullopt, "good", "abc"}); // 23502
    expect_permanent(insert, {1, 1, "bad", "abc"});             // 23514
    expect_permanent(insert, {1, 1, "good", "abcd"});           // 22001
    expect_permanent("INSERT INTO parent VALUES (1)");          // 23505
}

TEST_F(RefusalTest, OfWhatIsTooLargeIsPermanent) {
    std::string noise; // that no compression makes small
    for (int i = 0; noise.size() < 20'000; ++i) {
        noise += sha256(std::to_string(i)).text();
    }
    expect_permanent("INSERT INTO indexed VALUES ($1)", {noise}); // 54000
}

TEST_F(RefusalTest, OfALockPasses) {
    auto holder = *pool.begin();
    ASSERT_TRUE(holder.run_script("LOCK TABLE parent"));
    auto other = *pool.begin();
    const auto refused = other.run_script("SET lock_timeout = '10ms'; SELECT * FROM parent");
    ASSERT_FALSE(refused);
    EXPECT_EQ(prospect_of(refused.error().code), Prospect::Passing) << refused.error().message;
}

TEST_F(RefusalTest, OfAServerThatEndsPasses) {
    auto victim = *pool.begin();
    const auto pid = *victim.query("SELECT pg_backend_pid()")->value<int>();
    auto other = *pool.begin();
    ASSERT_TRUE(other.query("SELECT pg_terminate_backend($1, 5000)", {pid}));
    const auto refused = victim.query("SELECT 1");
    ASSERT_FALSE(refused);
    EXPECT_EQ(prospect_of(refused.error().code), Prospect::Passing) << refused.error().message;
}

// A statement that is wrong is a bug: neither passing nor the fault of what was given.
TEST_F(RefusalTest, OfAStatementIsUnknown) {
    EXPECT_EQ(prospect_of(refusal("SELECT nothing FROM nowhere").code), Prospect::Unknown);
}

} // namespace
} // namespace pedigree::store

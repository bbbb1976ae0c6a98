// Fencing against a real PostgreSQL.
#include "store/epoch.h"

#include <future>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/postgres/migrated_database.h"

namespace pedigree::store {
namespace {

using testing::HasSubstr;

class EpochTest : public testing::Test {
  protected:
    test::MigratedDatabase database;

    // Whether somebody waits for an advisory lock in this database.
    bool claim_waits() {
        return *database.owner.begin()
                    ->query(
                        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT "
                        "granted AND database = (SELECT oid FROM pg_database WHERE datname = "
                        "current_database()))")
                    ->value<bool>();
    }
};

TEST_F(EpochTest, TheNewestLeaderWritesTheOldOneCannot) {
    const auto first = claim_epoch(database.writer, "operator-a");
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_TRUE(database.writer.begin({.epoch = *first}));
    const auto second = claim_epoch(database.writer, "operator-b");
    EXPECT_EQ(second->number, first->number + 1);
    const auto stale = database.writer.begin({.epoch = *first});
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code, ErrorCode::Conflict);
    EXPECT_THAT(stale.error().message, HasSubstr("epoch 1 is over, epoch 2 leads"));
    EXPECT_TRUE(database.writer.begin({.epoch = *second}));
}

// The table was put back to before leaders that had written.
TEST_F(EpochTest, IsBeyondWhatWasKnownElsewhere) {
    EXPECT_EQ(claim_epoch(database.writer, "operator-a", 41)->number, 42);
    EXPECT_EQ(claim_epoch(database.writer, "operator-b", 7)->number, 43);
    EXPECT_EQ(claim_epoch(database.writer, "operator-c")->number, 44);
}

TEST_F(EpochTest, AClaimWaitsForTheOldLeadersOpenTransaction) {
    const auto first = claim_epoch(database.writer, "operator-a");
    auto open = *database.writer.begin({.epoch = *first});
    auto claim =
        std::async(std::launch::async, [&] { return claim_epoch(database.writer, "operator-b"); });
    while (!claim_waits()) {
        std::this_thread::yield();
    }
    EXPECT_TRUE(open.commit()); // its rows are there before the new leader's first look
    const auto second = claim.get();
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_FALSE(database.writer.begin({.epoch = *first}));
}

TEST_F(EpochTest, ClaimsAtTheSameTimeGetDifferentNumbers) {
    std::vector<std::future<Result<Epoch>>> claims;
    for (int i = 0; i < 8; ++i) {
        claims.push_back(std::async(std::launch::async,
                                    [&] { return claim_epoch(database.writer, "operator"); }));
    }
    std::set<std::int64_t> numbers;
    for (auto& claim : claims) {
        const auto epoch = claim.get();
        ASSERT_TRUE(epoch) << epoch.error().message;
        numbers.insert(epoch->number);
    }
    EXPECT_EQ(numbers, (std::set<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

} // namespace
} // namespace pedigree::store

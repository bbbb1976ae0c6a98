// What a leader finds when the database is not the one that it was, and when a record counts as
// complete, against a real PostgreSQL.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/events/event_of.h"
#include "lineage/sequencer.h"
#include "operator/clocks.h"
#include "operator/ledger_mark.h"
#include "tests/integration/postgres/operator_state.h"

namespace pedigree::control {
namespace {

using testing::HasSubstr;

const Instant restored_noon = *parse_instant("2026-01-31T12:00:00Z");

class RestoreTest : public OperatorStateTest {
  protected:
    experiment::ExperimentRow row_;

    void commit_end() {
        row_.uid = "0b3d8a52-6f0e-4a7c-9c55-2f1f6f0f7a11";
        row_.name_space = "vision";
        row_.name = "resnet";
        row_.spec_json = "{}";
        row_.accepted_at = restored_noon;
        row_.outcome = experiment::Outcome::Cancelled;
        row_.released = true;
        experiment::Change change;
        change.experiment = row_;
        change.records = {experiment::RecordKind::ExperimentAccepted, // nobody said who asked
                          experiment::RecordKind::ExperimentFinished};
        experiment::History after;
        after.experiment = row_;
        const auto events =
            experiment::events_of(change, after, {.now = restored_noon, .build = "test"});
        ASSERT_TRUE(events) << events.error().message;
        const Status committed = state.commit(row_.uid, change, *events, restored_noon);
        ASSERT_TRUE(committed) << committed.error().message;
    }
    std::optional<lineage::LedgerHead> number() {
        std::optional<lineage::LedgerHead> told;
        lineage::Sequencer sequencer(
            database.sequencer,
            {.numbered = [&](const lineage::LedgerHead& head) { told = head; }});
        const auto step = sequencer.step();
        EXPECT_TRUE(step) << step.error().message;
        return told;
    }
};

TEST_F(RestoreTest, ARecordCountsOnceItsLastEntryIsNumbered) {
    commit_end();
    EXPECT_FALSE(state.load(row_.uid)->recorded.numbered);
    EXPECT_EQ(state.load(row_.uid)->recorded.gaps, std::nullopt);
    const auto head = number();
    ASSERT_TRUE(head);
    EXPECT_EQ(head->size, 2);
    const auto history = state.load(row_.uid);
    ASSERT_TRUE(history) << history.error().message;
    EXPECT_TRUE(history->recorded.numbered);
    EXPECT_EQ(history->recorded.unread, 0);
    EXPECT_EQ(history->recorded.gaps, 1);
}

TEST_F(RestoreTest, ALeaderComparesAndGoesBeyondTheEpochThatWasKnown) {
    commit_end();
    const auto head = number();
    const LedgerMark now{epoch.number, head->size, head->root};
    const auto same = take_over(database.writer, {now}, "next");
    ASSERT_TRUE(same) << same.error().message;
    EXPECT_EQ(same->behind.why, "");
    EXPECT_EQ(same->mark.size, 2);
    EXPECT_EQ(same->mark.root, head->root);
    EXPECT_EQ(same->epoch.number, epoch.number + 1);
    const LedgerMark later{90, 150, sha256("150")};
    const auto behind = take_over(database.writer, {now, later}, "after a restore");
    ASSERT_TRUE(behind) << behind.error().message;
    EXPECT_THAT(behind->behind.why, HasSubstr("has 2 entries, but 150 were numbered"));
    EXPECT_EQ(behind->behind.missing, 148);
    EXPECT_EQ(behind->epoch.number, 91);
    const LedgerMark other{91, 1, sha256("another ledger's")};
    EXPECT_THAT(take_over(database.writer, {other}, "again")->behind.why, HasSubstr("not those"));
}

TEST_F(RestoreTest, TheDatabaseTellsItsTimeAndTheNewestRecords) {
    EXPECT_EQ(database_time(database.writer)->newest, std::nullopt);
    commit_end();
    number();
    const auto time = database_time(database.writer);
    ASSERT_TRUE(time) << time.error().message;
    EXPECT_EQ(time->newest, restored_noon);
    EXPECT_LT(std::chrono::abs(time->now - SystemClock().now()), std::chrono::minutes(1));
}

} // namespace
} // namespace pedigree::control

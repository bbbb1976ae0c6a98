#include "operator/outside_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const LedgerMark mark{7, 150, sha256("root of 150")};

TEST(LedgerMark, IsReadAgain) {
    const std::string text = to_text(mark);
    EXPECT_THAT(text, HasSubstr(R"("epoch":7)"));
    EXPECT_EQ(mark_from(text), mark);
}

// Whoever may write to the Lease or the store must not be able to keep a leader from starting.
TEST(LedgerMark, IsNotBelievedWhenItCannotBeOne) {
    for (const std::string& text :
         {std::string(), std::string("{"), std::string("7"), std::string(5000, ' '),
          to_text({-1, 150, mark.root}), to_text({7, -1, mark.root}),
          to_text({std::int64_t{1} << 62, 150, mark.root}),
          std::string(R"({"epoch":7,"size":150})"),
          std::string(R"({"epoch":7,"root":"sha256:zz","size":150})")}) {
        EXPECT_FALSE(mark_from(text)) << text;
    }
}

TEST(Contradiction, TellsARestoredDatabaseFromALaterOne) {
    EXPECT_EQ(contradiction(mark, {150, mark.root}), "");
    EXPECT_EQ(contradiction(mark, {900, mark.root}), "");
    EXPECT_EQ(contradiction({0, 0, sha256("")}, {0, std::nullopt}), ""); // both begin
    EXPECT_THAT(contradiction(mark, {100, std::nullopt}),
                HasSubstr("has 100 entries, but 150 were numbered under epoch 7"));
    EXPECT_THAT(contradiction(mark, {0, std::nullopt}), HasSubstr("or is a new one"));
    // Put back, and written on until it is longer than what was known.
    EXPECT_THAT(contradiction(mark, {900, sha256("another")}), HasSubstr("written on"));
    EXPECT_THAT(contradiction(mark, {900, std::nullopt}), HasSubstr("written on"));
}

class OutsideLedgerTest : public testing::Test {
  protected:
    Metrics metrics_;
    Readiness readiness_;
    OutsideLedger outside_{metrics_, readiness_};
};

TEST_F(OutsideLedgerTest, HandsItsMarkFromLeaderToLeader) {
    EXPECT_THAT(outside_.annotations({}), IsEmpty()); // what an earlier leader wrote stays
    outside_.moved(mark);
    const auto written = outside_.annotations({});
    OutsideLedger next(metrics_, readiness_);
    EXPECT_THAT(next.read(written), ElementsAre(mark));
    EXPECT_THAT(next.read({{mark_annotation, "torn"}}), IsEmpty());
    EXPECT_EQ(readiness_.notes(), "");
}

TEST_F(OutsideLedgerTest, SaysThatTheDatabaseIsBehindUntilAPersonTakesItOff) {
    outside_.say_behind("50 entries are gone", 50);
    EXPECT_THAT(readiness_.notes(), HasSubstr("50 entries are gone; see docs/operate/restore.md"));
    EXPECT_THAT(metrics_.text(), HasSubstr("pedigree_ledger_behind_entries 50"));
    auto lease = outside_.annotations({});
    EXPECT_EQ(lease.at(behind_annotation), "50 entries are gone");
    EXPECT_EQ(outside_.annotations({}).count(behind_annotation), 1U); // the write failed: again
    // A restart in between changes nothing.
    Metrics metrics;
    Readiness readiness;
    OutsideLedger next(metrics, readiness);
    next.read(lease);
    EXPECT_THAT(readiness.notes(), HasSubstr("50 entries are gone"));
    EXPECT_EQ(next.annotations(lease).at(behind_annotation), "50 entries are gone");
    lease.erase(behind_annotation);
    EXPECT_THAT(next.annotations(lease), Not(testing::Contains(testing::Key(behind_annotation))));
    EXPECT_EQ(readiness.notes(), "");
    EXPECT_THAT(metrics.text(), HasSubstr("pedigree_ledger_behind_entries 0"));
}

} // namespace
} // namespace pedigree::control

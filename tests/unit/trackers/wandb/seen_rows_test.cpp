#include "trackers/wandb/seen_rows.h"

#include <gtest/gtest.h>

#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

TEST(Spans, JoinWhatTouches) {
    Spans spans;
    for (const std::int64_t number : {5, 7, 6, 1, 3, 2}) {
        spans.add(number);
    }
    EXPECT_EQ(spans.size(), 2);
    EXPECT_TRUE(spans.contains(2) && spans.contains(6));
    EXPECT_FALSE(spans.contains(0) || spans.contains(4) || spans.contains(8));
}

TEST(Spans, AreBounded) {
    Spans spans;
    for (std::size_t number = 0; number < 3 * wandb_step_spans_max; ++number) {
        spans.add(static_cast<std::int64_t>(2 * number));
    }
    EXPECT_LE(spans.size(), wandb_step_spans_max);
    EXPECT_TRUE(spans.contains(0));
    EXPECT_FALSE(spans.contains(static_cast<std::int64_t>(6 * wandb_step_spans_max - 3)));
}

TEST(SeenRows, KnowARowByStepAndTime) {
    SeenRows seen;
    EXPECT_EQ(seen.step(1), Step::New);
    EXPECT_FALSE(seen.seen_or_add(1, 10.5));
    EXPECT_TRUE(seen.seen_or_add(1, 10.5));
    EXPECT_EQ(seen.step(1), Step::Known);
    EXPECT_FALSE(seen.seen_or_add(1, 11)); // of a second writer
}

TEST(SeenRows, KnowOldOnesByTheirStep) {
    SeenRows seen;
    const auto many = static_cast<std::int64_t>(2 * wandb_marks_max);
    for (std::int64_t step = 0; step < many; ++step) {
        ASSERT_FALSE(seen.seen_or_add(step, static_cast<double>(step)));
    }
    EXPECT_TRUE(seen.seen_or_add(0, 0));
    EXPECT_TRUE(seen.seen_or_add(many - 1, static_cast<double>(many - 1)));
    EXPECT_FALSE(seen.seen_or_add(many, 0));
}

TEST(SeenRows, TakeStepsAgainAfterABeginning) {
    SeenRows seen;
    EXPECT_FALSE(seen.seen_or_add(1, 10));
    seen.forget_marks();
    EXPECT_TRUE(seen.seen_or_add(1, 20));
    seen.begin_again();
    EXPECT_FALSE(seen.seen_or_add(1, 20));
    EXPECT_EQ(seen.step(1), Step::Known);
}

} // namespace
} // namespace pedigree::trackers::wandb

#include "k8s/event_series.h"

#include <set>

#include <gtest/gtest.h>

#include "k8s/events.h"

namespace pedigree::k8s {
namespace {

using std::chrono::seconds;

EventNote note(const std::string& message, const std::string& uid = "u1") {
    EventNote out;
    out.about = {"v1", "Pod", {"vision", "p"}, uid, "1"};
    out.reason = "BuildFailed";
    out.message = message;
    return out;
}

TEST(EventSeries, CountsEqualNotesUpInOneObject) {
    EventSeries series;
    const auto first = series.next(note("a"), Instant());
    const auto second = series.next(note("a"), Instant() + seconds(1));
    const auto other = series.next(note("b"), Instant() + seconds(1));
    EXPECT_EQ(first->count, 1);
    EXPECT_EQ(second->count, 2);
    EXPECT_EQ(second->name, first->name);
    EXPECT_NE(other->name, first->name);
}

TEST(EventSeries, PutsManySimilarOnesTogether) {
    EventSeries series;
    std::set<std::string> names;
    std::string last;
    for (int i = 0; i < 20; ++i) {
        const auto plan = series.next(note("attempt " + std::to_string(i)), Instant());
        ASSERT_TRUE(plan);
        names.insert(plan->name);
        last = plan->message;
    }
    EXPECT_EQ(names.size(), 11u); // ten of their own, one for the rest
    EXPECT_EQ(last, "(combined from similar events): attempt 19");
}

TEST(EventSeries, LimitsWhatOneObjectMaySay) {
    EventSeries series;
    int written = 0;
    for (int i = 0; i < 1000; ++i) {
        written += series.next(note("same"), Instant() + std::chrono::milliseconds(i)) ? 1 : 0;
    }
    EXPECT_EQ(written, 25);
    EXPECT_TRUE(series.next(note("same", "u2"), Instant()));
    EXPECT_TRUE(series.next(note("same"), Instant() + seconds(302)));
    EXPECT_FALSE(series.next(note("same"), Instant() + seconds(303)));
}

TEST(EventSeries, CutsMessagesBetweenCharacters) {
    EventSeries series;
    const auto plan = series.next(note(std::string(1023, 'x') + "模型"), Instant());
    EXPECT_EQ(plan->message, std::string(1021, 'x') + "...");
}

TEST(EventSeries, ForgetsInTheEnd) {
    EventSeries series;
    for (int i = 0; i < 20000; ++i) {
        ASSERT_TRUE(series.next(note("m", "uid-" + std::to_string(i)), Instant() + seconds(i)));
    }
    const auto again = series.next(note("m", "uid-19999"), Instant() + seconds(20000));
    EXPECT_EQ(again->count, 2);
    EXPECT_EQ(series.next(note("m", "uid-0"), Instant() + seconds(20000))->count, 1);
}

} // namespace
} // namespace pedigree::k8s

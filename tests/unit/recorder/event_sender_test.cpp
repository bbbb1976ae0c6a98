#include "recorder/event_sender.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::recorder {
namespace {

Observations one_run() {
    Observations seen;
    SeenRun run;
    run.run.run_id = "r";
    run.run.status = "RUNNING";
    seen.apply(run_note(run));
    seen.apply({{"note", "values"},
                {"run", "r"},
                {"metrics", {{"loss", metric_json({1, "0.5", "0.5", "0.5", 4})}}}});
    return seen;
}

TEST(News, are_told_once_and_again_after_a_failure) {
    News news;
    Observations seen = one_run();
    const Json first = news.since(seen, "t");
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[0]["kind"], "Run");
    EXPECT_EQ(first[1]["kind"], "Progress");
    EXPECT_EQ(first[1]["metrics"]["loss"], "0.5");
    EXPECT_EQ(first[1]["step"], 4);
    EXPECT_EQ(news.since(seen, "t"), first); // the operator was away: same sequence again
    news.told();
    EXPECT_TRUE(news.since(seen, "t").empty());

    seen.apply({{"note", "values"}, {"run", "r"}, {"status", "FINISHED"}});
    seen.apply(segment_note(1, 10, 0));
    const Json second = news.since(seen, "t");
    ASSERT_EQ(second.size(), 2u);
    EXPECT_EQ(second[0]["status"], "FINISHED");
    EXPECT_EQ(second[0]["sequence"], 3);
    EXPECT_EQ(second[1]["kind"], "Log");
}

} // namespace
} // namespace pedigree::recorder

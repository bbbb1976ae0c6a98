#include "recorder/event_sender.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::recorder {
namespace {

const MetricValue half(0.5);

Observations one_run() {
    Observations seen;
    SeenRun run;
    run.run.run_id = "r";
    run.run.status = "RUNNING";
    seen.apply(run_note(run));
    seen.apply({{"note", "values"},
                {"run", "r"},
                {"metrics", {{"loss", metric_json({1, half, half, half, 4})}}}});
    return seen;
}

TEST(ProgressEvents, are_told_once_and_again_after_a_failure) {
    ProgressEvents progress;
    Observations seen = one_run();
    const Json first = progress.since(seen, "t");
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[0]["kind"], "Run");
    EXPECT_EQ(first[1]["kind"], "Progress");
    EXPECT_EQ(first[1]["metrics"]["loss"], "0.5");
    EXPECT_EQ(first[1]["step"], 4);
    EXPECT_EQ(progress.since(seen, "t"), first); // the operator was away: same sequence again
    progress.told();
    EXPECT_TRUE(progress.since(seen, "t").empty());

    seen.apply({{"note", "values"}, {"run", "r"}, {"status", "FINISHED"}});
    seen.apply(segment_note(1, 10, 0));
    const Json second = progress.since(seen, "t");
    ASSERT_EQ(second.size(), 2u);
    EXPECT_EQ(second[0]["status"], "FINISHED");
    EXPECT_EQ(second[0]["sequence"], 3);
    EXPECT_EQ(second[1]["kind"], "Log");
}

TEST(ProgressEvents, a_new_value_of_the_objective_tells_the_whole_curve) {
    ProgressEvents progress;
    Observations seen = one_run();
    const auto log = [&](const char* value) {
        seen.apply({{"note", "values"}, {"run", "r"}, {"objective", {{4, value}}}});
    };
    log("0.5");
    const Json first = progress.since(seen, "t");
    ASSERT_EQ(first.size(), 3u);
    EXPECT_EQ(first[0]["kind"], "Objective");
    EXPECT_EQ(first[0]["runId"], "");
    EXPECT_EQ(first[0]["points"], Json::parse(R"([[4, "0.5"]])"));
    progress.told();
    EXPECT_TRUE(progress.since(seen, "t").empty());
    log("NaN");
    const Json second = progress.since(seen, "t");
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0]["points"], Json::parse(R"([[4, "0.5"], [5, "NaN"]])"));
}

TEST(ProgressEvents, runs_in_files_and_their_objective_are_told_like_others) {
    ProgressEvents progress;
    Observations seen = one_run();
    SeenRun& run = seen.followed[{"TensorBoard", "logs"}];
    run.run.run_id = "logs";
    run.run.metrics["loss"] = {2, half, half, half, 1};
    seen.followed_objective.add(1, half);
    EXPECT_EQ(progress.since(seen, "t").size(), 5u);
    progress.told();
    run.run.metrics["loss"].count = 3;
    const Json second = progress.since(seen, "t");
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0]["runId"], "logs");
    // What passed the recorder counts before what stands in files.
    seen.apply({{"note", "values"}, {"run", "r"}, {"objective", {{4, "0.25"}}}});
    EXPECT_EQ(progress.since(seen, "t")[0]["points"], Json::parse(R"([[4, "0.25"]])"));
}

// The operator refuses larger calls, and a call that is refused would be made again for ever.
TEST(ProgressEvents, that_are_too_much_for_one_call_come_in_several) {
    constexpr std::size_t operator_takes_bytes = 256 * 1024;
    Observations seen;
    for (int i = 0; i < 40; ++i) {
        SeenRun run;
        run.run.run_id = std::to_string(i);
        seen.apply(run_note(run));
        Json values = {{"note", "values"}, {"run", run.run.run_id}};
        for (int key = 0; key < 100; ++key) {
            values["metrics"][std::string(240, 'k') + std::to_string(key)] =
                metric_json({1, half, half, half, 4});
        }
        seen.apply(values);
    }
    ProgressEvents progress;
    std::size_t events = 0;
    for (Json told = progress.since(seen, "t"); !told.empty(); told = progress.since(seen, "t")) {
        EXPECT_LT(told.dump().size(), operator_takes_bytes);
        events += told.size();
        progress.told();
    }
    EXPECT_EQ(events, 80u);
}

} // namespace
} // namespace pedigree::recorder

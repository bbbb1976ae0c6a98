#include "trackers/mlflow/truth.h"

#include <gtest/gtest.h>

namespace pedigree::trackers::mlflow {
namespace {

using Ids = std::vector<std::string>;

TEST(Truth, an_open_run_takes_the_attempts_status_and_ended_ones_stay) {
    const std::vector<RunState> runs{{"a", "FINISHED", 1000}, {"b", "RUNNING", 0}};
    EXPECT_EQ(runs_to_repair(runs, "KILLED"), Ids{"b"});
    EXPECT_EQ(runs_to_repair(runs, "FINISHED"), Ids{"b"});
}

TEST(Truth, the_exit_handlers_finished_is_not_believed_after_a_crash) {
    // A loop whose third run crashed: the SDK's exit handler closed it and the run around it.
    const std::vector<RunState> runs{{"first", "FINISHED", 10000},
                                     {"second", "FINISHED", 20000},
                                     {"outer", "FINISHED", 30010},
                                     {"third", "FINISHED", 30000}};
    EXPECT_EQ(runs_to_repair(runs, "FAILED"), (Ids{"outer", "third"}));
    EXPECT_TRUE(runs_to_repair(runs, "FINISHED").empty());
}

TEST(Truth, who_was_interrupted_did_not_fail) {
    // KeyboardInterrupt leaves `with mlflow.start_run()` as any exception does.
    const std::vector<RunState> runs{
        {"earlier", "FAILED", 10000}, {"nested", "FAILED", 30000}, {"outer", "FAILED", 30010}};
    EXPECT_EQ(runs_to_repair(runs, "KILLED"), (Ids{"nested", "outer"}));
    EXPECT_TRUE(runs_to_repair(runs, "FAILED").empty());
    EXPECT_TRUE(runs_to_repair(runs, "FINISHED").empty());
}

TEST(Truth, what_the_script_itself_said_stays) {
    EXPECT_TRUE(runs_to_repair({{"a", "FAILED", 5}, {"b", "KILLED", 6}}, "FAILED").empty());
    EXPECT_TRUE(runs_to_repair({}, "FAILED").empty());
}

} // namespace
} // namespace pedigree::trackers::mlflow

#include "trackers/wandb/observed.h"

#include <gtest/gtest.h>

#include "tests/unit/trackers/wandb/calls.h"

namespace pedigree::trackers::wandb {
namespace {

TEST(Observed, HasParametersMetricsAndEnd) {
    Endpoint endpoint(Settings{});
    const wandb::Run& run = start_run(endpoint);
    ask(endpoint, "mutation UpsertBucket",
        {{"name", "r"},
         {"project", "p"},
         {"config", R"({"lr":{"value":0.1},"opt":{"value":{"name":"adam","b":[1,2]}}})"}});
    push(endpoint, rows_push(0, 0, 3));
    EXPECT_EQ(observed_run(run).status, "");
    push(endpoint, R"({"complete":true,"exitcode":3})");
    const records::pod::ObservedRun observed = observed_run(run);
    EXPECT_EQ(observed.tracker, "W&B");
    EXPECT_EQ(observed.run_id, "r");
    EXPECT_EQ(observed.experiment_id, "p");
    EXPECT_EQ(observed.name, "shown");
    EXPECT_EQ(observed.status, "failed");
    EXPECT_EQ(observed.parameters, (std::map<std::string, std::string>{
                                       {"lr", "0.1"}, {"opt.name", "adam"}, {"opt.b", "[1,2]"}}));
    EXPECT_EQ(observed.metrics.at("loss").count, 3);
    EXPECT_EQ(observed.metrics.at("loss").first.text(), "0");
    EXPECT_EQ(observed.metrics.at("loss").max.text(), "2");
    EXPECT_EQ(observed.metric_count, 1);
}

} // namespace
} // namespace pedigree::trackers::wandb

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
    EXPECT_EQ(observed_run(run, Points::Leave).status, "");
    push(endpoint, R"({"complete":true,"exitcode":3})");
    const records::pod::ObservedRun observed = observed_run(run, Points::Take);
    EXPECT_EQ(observed.tracker, "W&B");
    EXPECT_EQ(observed.run_id, "p/r");
    EXPECT_TRUE(observed.in_files);
    EXPECT_EQ(observed.experiment_id, "p");
    EXPECT_EQ(observed.name, "shown");
    EXPECT_EQ(observed.status, "failed");
    EXPECT_EQ(observed.parameters, (std::map<std::string, std::string>{
                                       {"lr", "0.1"}, {"opt.name", "adam"}, {"opt.b", "[1,2]"}}));
    EXPECT_EQ(observed.metrics.at("loss").count, 3);
    EXPECT_EQ(observed.metrics.at("loss").first.text(), "0");
    EXPECT_EQ(observed.metrics.at("loss").max.text(), "2");
    EXPECT_EQ(observed.metrics.at("loss").points.size(), 3u);
    EXPECT_TRUE(observed_run(run, Points::Leave).metrics.at("loss").points.empty());
    EXPECT_EQ(observed.metric_count, 1);
}

TEST(Observed, ListsWhatCameOfARunAndOfItsArtifacts) {
    Endpoint endpoint(Settings{});
    start_run(endpoint);
    ask(endpoint, "mutation CreateRunFiles",
        {{"project", "p"}, {"run", "r"}, {"files", {"config.yaml", "never.txt"}}});
    endpoint.uploaded(*endpoint.upload("PUT", "/upload/run/p/r/config.yaml"), 3, sha256("abc"));
    const Json made = ask(endpoint, "mutation CreateArtifact",
                          {{"projectName", "p"},
                           {"runName", "r"},
                           {"artifactTypeName", "model"},
                           {"artifactCollectionNames", {"net"}},
                           {"clientID", "c"},
                           {"digest", "d"}});
    const std::string id = made["data"]["createArtifact"]["artifact"]["id"];
    ask(endpoint, "mutation CreateArtifactFiles",
        {{"artifactFiles", {{{"artifactID", id}, {"name", "w.bin"}, {"md5", "m"}}}}});
    endpoint.uploaded(*endpoint.upload("PUT", "/upload/artifact/1/w.bin"), 1, sha256("w"));
    const auto all = observed_uploads(endpoint.book());
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].name, "p/r/files");
    EXPECT_EQ(all[0].location, "runs/p/r/");
    ASSERT_EQ(all[0].files.size(), 1u);
    EXPECT_EQ(all[0].files[0].digest, sha256("abc").text());
    EXPECT_EQ(all[1].kind, "Model");
    EXPECT_EQ(all[1].name, "net:v0");
    EXPECT_EQ(all[1].run_id, "p/r");
    EXPECT_EQ(all[1].location, "artifacts/1/");
    EXPECT_EQ(all[1].files[0].path, "w.bin");
}

} // namespace
} // namespace pedigree::trackers::wandb

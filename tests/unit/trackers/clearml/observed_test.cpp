#include <gtest/gtest.h>

#include "tests/unit/trackers/clearml/calls.h"
#include "trackers/clearml/observed.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr const char* files = "http://127.0.0.1:5000/clearml/files/";

TEST(ClearmlObserved, ATaskIsARunWithItsParametersMetricsAndStatus) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    ask(endpoint, "tasks.edit",
        {{"task", id},
         {"hyperparams",
          {{"Args", {{"n", {{"value", "3"}}}}}, {"General", {{"a/b", {{"value", 7}}}}}}},
         {"configuration", {{"net", {{"value", "x = 1"}}}}}});
    push(endpoint,
         {scalar(id, 0, 1), scalar(id, 1, 0.5), {{"type", "log"}, {"task", id}, {"msg", "x"}}});
    records::pod::ObservedRun run = observed_run(endpoint.book(), *endpoint.book().task(id));
    EXPECT_EQ(run.tracker, "ClearML");
    EXPECT_EQ(run.run_id, id);
    EXPECT_EQ(run.experiment_id, "mnist/sub");
    EXPECT_EQ(run.name, "first");
    EXPECT_EQ(run.status, ""); // the script has said no end
    EXPECT_EQ(run.parameters,
              (std::map<std::string, std::string>{
                  {"Args/n", "3"}, {"General/a/b", "7"}, {"configuration/net", "x = 1"}}));
    EXPECT_EQ(run.metrics.at("loss/train").points.size(), 2U);
    EXPECT_EQ(run.metric_count, 1);
    EXPECT_EQ(run.logged, (std::map<std::string, std::int64_t>{{"console", 1}}));
    ask(endpoint, "tasks.completed", {{"task", id}});
    EXPECT_EQ(observed_run(endpoint.book(), *endpoint.book().task(id)).status, "completed");
}

TEST(ClearmlObserved, ArtifactsModelsAndOtherFilesHaveAddressesThatLast) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    const std::string folder = "mnist/sub/first." + id;
    endpoint.uploaded(folder + "/artifacts/d/d.json", 3, sha256("abc"));
    endpoint.uploaded(folder + "/models/m.bin", 4, sha256("abcd"));
    endpoint.uploaded(folder + "/metrics/i.jpeg", 5, sha256("abcde"));
    endpoint.uploaded("elsewhere/x", 6, {});
    ask(endpoint, "tasks.add_or_update_artifacts",
        {{"task", id},
         {"artifacts",
          {{{"key", "d"},
            {"uri", files + folder + "/artifacts/d/d.json"},
            {"hash", sha256("abc").hex()}},
           {{"key", "lost"}, {"uri", files + folder + "/artifacts/lost"}},
           {{"key", "wrong"}, {"uri", files + folder + "/models/m.bin"}, {"hash", "00"}},
           {{"key", "far"}, {"uri", "s3://team/x"}}}}});
    const Json model = ask(endpoint, "models.create",
                           {{"name", "net"}, {"uri", files + folder + "/models/m.bin"}})["id"];
    ask(endpoint, "tasks.add_or_update_model",
        {{"task", id}, {"name", "slot"}, {"model", model}, {"type", "output"}});
    const auto artifacts = observed_artifacts(endpoint.book(), *endpoint.book().task(id));
    ASSERT_EQ(artifacts.size(), 6U); // d far lost wrong, net, files
    EXPECT_EQ(artifacts[0].name, "d");
    EXPECT_EQ(artifacts[0].location, "pedigree:/files/" + folder + "/artifacts/d/d.json");
    EXPECT_EQ(artifacts[0].digest, sha256("abc").text());
    EXPECT_EQ(artifacts[0].bytes, 3);
    EXPECT_EQ(artifacts[1].location, "s3://team/x");
    EXPECT_TRUE(artifacts[2].files.empty());
    EXPECT_EQ(artifacts[4].kind, "Model");
    EXPECT_EQ(artifacts[4].files.at(0).path, "m.bin");
    EXPECT_EQ(artifacts[5].files.at(0).path, "metrics/i.jpeg");
    for (const auto& artifact : artifacts) {
        EXPECT_EQ(artifact.location.find("127.0.0.1"), std::string::npos);
        EXPECT_EQ(artifact.run_id, id);
    }
    std::vector<std::string> gaps;
    for (const auto& gap : observed_gaps(endpoint.book())) {
        gaps.push_back(gap.sentence);
    }
    EXPECT_EQ(gaps,
              (std::vector<std::string>{
                  "ClearML task " + id + ": artifact lost was announced, its file did not come",
                  "ClearML task " + id +
                      ": the file of artifact wrong is not what the script said of it"}));
    EXPECT_EQ(task_json(endpoint.book(), *endpoint.book().task(id))["artifacts"].size(), 6U);
}

TEST(ClearmlObserved, AnArtifactThatTheScriptDeletesStaysInTheRecord) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    ask(endpoint, "tasks.add_or_update_artifacts",
        {{"task", id}, {"artifacts", {{{"key", "d"}, {"uri", "x"}}}}});
    EXPECT_EQ(ask(endpoint, "tasks.add_or_update_artifacts",
                  {{"task", id}, {"artifacts", {{{"uri", "x"}}}}})["refused"],
              12);
    ask(endpoint, "tasks.delete_artifacts", {{"task", id}, {"artifacts", {{{"key", "d"}}, 7}}});
    const Json task = ask(endpoint, "tasks.get_by_id", {{"task", id}})["task"];
    EXPECT_EQ(task["execution"]["artifacts"], Json::array());
    EXPECT_EQ(observed_artifacts(endpoint.book(), *endpoint.book().task(id)).size(), 1U);
}

} // namespace
} // namespace pedigree::trackers::clearml

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
    records::pod::ObservedRun run =
        observed_run(endpoint.book(), *endpoint.book().task(id), Points::Take);
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
    run = observed_run(endpoint.book(), *endpoint.book().task(id), Points::Leave);
    EXPECT_EQ(run.status, "completed");
    EXPECT_EQ(run.metrics.at("loss/train").count, 2);
    EXPECT_TRUE(run.metrics.at("loss/train").points.empty());
}

TEST(ClearmlObserved, ArtifactsModelsAndOtherFilesLieBelowTheShelf) {
    Endpoint endpoint(Settings{});
    const std::string id = start_task(endpoint);
    const std::string folder = "mnist/sub/first." + id;
    endpoint.uploaded(folder + "/artifacts/d/d.json", 3, sha256("abc"));
    endpoint.uploaded(folder + "/models/m.bin", 4, sha256("abcd"));
    endpoint.uploaded(folder + "/metrics/i.jpeg", 5, sha256("abcde"));
    endpoint.uploaded("old/renamed." + id + "/metrics/i.jpeg", 5, sha256("abcde"));
    endpoint.uploaded("elsewhere/x", 6, sha256("abcdef"));
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
    ASSERT_EQ(artifacts.size(), 7U); // d far lost wrong, net, files of two folders
    EXPECT_EQ(artifacts[0].name, "d");
    EXPECT_EQ(artifacts[0].location, "files/" + folder + "/artifacts/d/");
    EXPECT_EQ(artifacts[0].digest, sha256("abc").text());
    EXPECT_EQ(artifacts[0].bytes, 3);
    EXPECT_EQ(artifacts[1].location, "");
    EXPECT_TRUE(artifacts[1].files.empty());
    EXPECT_TRUE(artifacts[2].files.empty());
    EXPECT_EQ(artifacts[4].kind, "Model");
    EXPECT_EQ(artifacts[4].files.at(0).path, "m.bin");
    EXPECT_EQ(artifacts[5].name, id + "/files");
    EXPECT_EQ(artifacts[5].location, "files/" + folder + "/");
    EXPECT_EQ(artifacts[5].files.at(0).path, "metrics/i.jpeg");
    EXPECT_EQ(artifacts[6].location, "files/old/renamed." + id + "/");
    const auto strays = observed_strays(endpoint.book());
    ASSERT_EQ(strays.size(), 1U);
    ASSERT_EQ(strays[0].files.size(), 1U);
    EXPECT_EQ(strays[0].files[0].path, "elsewhere/x");
    EXPECT_EQ(strays[0].run_id, "");
    for (const auto& artifact : artifacts) {
        EXPECT_EQ(artifact.run_id, id);
    }
    std::vector<std::string> gaps;
    for (const auto& gap : observed_gaps(endpoint.book())) {
        gaps.push_back(gap.sentence);
    }
    EXPECT_EQ(gaps,
              (std::vector<std::string>{
                  "ClearML task " + id +
                      ": artifact far was not sent to the recorder, only where it lies; its bytes "
                      "were not seen",
                  "ClearML task " + id + ": artifact lost was announced, its file did not come",
                  "ClearML task " + id +
                      ": the file of artifact wrong is not what the script said of it"}));
    EXPECT_EQ(task_json(endpoint.book(), *endpoint.book().task(id))["artifacts"].size(), 7U);
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

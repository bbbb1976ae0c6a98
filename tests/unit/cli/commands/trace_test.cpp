#include <gmock/gmock.h>

#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"
#include "tests/unit/cli/traced_attempt.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

const std::string api = "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/";
const std::string answer = R"({"asOf": 12, "truncated": false, "root": "Attempt:u1",
    "gaps": [{"kind": "RequesterNotObserved", "sentence": "Nobody said who asked."}],
    "nodes": [{"id": "Attempt:u1", "kind": "Attempt", "uid": "u1", "namespace": "vision",
               "attributes": {}}], "edges": []})";

TEST(Trace, AsksTheReadApiAndPrintsTheAnswer) {
    FakeCluster fake;
    fake.texts[api + "traces/exp%3Amnist-1"] = answer;
    const auto code = fake.run({"trace", "exp/mnist-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), HasSubstr("Attempt"));
    EXPECT_THAT(fake.out.str(), HasSubstr("Nobody said who asked."));
}

TEST(Trace, SaysWhatRan) {
    FakeCluster fake;
    fake.texts[api + "traces/exp%3Amnist-1"] = rich_answer().dump();
    fake.texts[api + "trials/mnist-1"] = Json{{"items",
                                               {{{"trial", 9},
                                                 {"podUid", "a"},
                                                 {"attempts", 1},
                                                 {"startedAt", "2026-01-31T11:55:00Z"},
                                                 {"endedAt", "2026-01-31T11:59:00Z"}}}}}
                                             .dump();
    ASSERT_TRUE(fake.run({"trace", "exp/mnist-1"}));
    EXPECT_THAT(fake.out.str(),
                HasSubstr("\nWhat ran in mnist-1:\n"
                          "  command     python train.py \"two words\"\n"
                          "  seed        7\n"
                          "  trial 9, attempt 1: Completed, 4m, ended 2026-01-31T11:59:00Z\n"
                          "    parameters  epochs 4, lr 0.00316228\n"
                          "    objective   loss 0.123457\n"
                          "    hardware    cores 2\n"
                          "    run colt: last acc 0.9, loss 0.5\n"));
}

TEST(Trace, TellsTheStepsByWhichACommandWasStopped) {
    FakeCluster fake;
    Json answer = rich_answer();
    for (Json& node : answer["nodes"]) {
        if (node["kind"] == "Attempt") {
            node["attributes"]["stopped"] = "stopped by SIGINT: SIGINT at 0.0 s, ended at 1.2 s";
        }
    }
    fake.texts[api + "traces/exp%3Amnist-1"] = answer.dump();
    ASSERT_TRUE(fake.run({"trace", "exp/mnist-1"}));
    EXPECT_THAT(fake.out.str(),
                HasSubstr("    launcher    stopped by SIGINT: SIGINT at 0.0 s, ended at 1.2 s\n"));
}

TEST(Trace, WithoutTheListOfTrialsTheRestIsTold) {
    FakeCluster fake;
    fake.texts[api + "traces/exp%3Amnist-1"] = rich_answer().dump();
    ASSERT_TRUE(fake.run({"trace", "exp/mnist-1"}));
    EXPECT_THAT(fake.out.str(), HasSubstr("attempt 1: Completed, ended 2026-01-31T11:59:00Z\n"));
}

TEST(Trace, JsonHoldsValuesNotTextsOfJson) {
    FakeCluster fake;
    fake.texts[api + "traces/exp%3Amnist-1"] = rich_answer().dump();
    ASSERT_TRUE(fake.run({"trace", "exp/mnist-1", "-o", "json"}));
    const Json nodes = expect_schema(fake.out.str())["nodes"];
    EXPECT_EQ(nodes[0]["attributes"]["spec"]["seed"], 7);
    EXPECT_EQ(nodes[1]["attributes"]["parameters"]["lr"], 0.0031622776601683794);
    EXPECT_EQ(nodes[3]["attributes"]["metrics"]["loss"], "0.5");
    EXPECT_EQ(nodes[1]["attributes"]["value"], "0.123456789");
}

TEST(Trace, JsonIsTheAnswerInItsEnvelope) {
    FakeCluster fake;
    fake.texts[api + "traces/run%3A7?asOf=12"] = answer;
    const auto code = fake.run({"trace", "run:7", "--as-of", "12", "-o", "json"});
    ASSERT_TRUE(code) << code.error().message;
    Json printed = expect_schema(fake.out.str());
    printed.erase("apiVersion");
    printed.erase("kind");
    EXPECT_EQ(printed, Json::parse(answer));
}

TEST(Trace, ForwardIsAskedOfTheApi) {
    FakeCluster fake;
    fake.texts[api + "traces/run%3A7?asOf=12&direction=Effects"] = answer;
    EXPECT_TRUE(fake.run({"trace", "run:7", "--as-of", "12", "--forward"}));
    fake.texts[api + "traces/run%3A7?direction=Effects"] = answer;
    EXPECT_TRUE(fake.run({"trace", "run:7", "--forward"}));
}

TEST(Trace, IsDrawnForMarkdown) {
    FakeCluster fake;
    fake.texts[api + "traces/exp%3Amnist-1"] = rich_answer().dump();
    ASSERT_TRUE(fake.run({"trace", "exp/mnist-1", "-o", "mermaid"}));
    EXPECT_THAT(fake.out.str(), HasSubstr("flowchart LR\n"));
}

TEST(Trace, NoneIsAnAnswerWithAnExitCode) {
    FakeCluster fake;
    fake.texts[api + "traces/run%3A7"] =
        R"({"asOf": 12, "truncated": false, "root": null, "gaps": [], "nodes": [], "edges": []})";
    const auto code = fake.run({"trace", "run:7"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::NotFound);
    EXPECT_THAT(fake.out.str(), HasSubstr("12"));
}

TEST(Trace, WithoutAnOperatorTheErrorSaysWhatToCheck) {
    FakeCluster fake;
    const auto code = fake.run({"trace", "run:7"});
    ASSERT_FALSE(code);
    EXPECT_THAT(code.error().message, HasSubstr("trace of run:7"));
    EXPECT_THAT(code.error().message, HasSubstr("kubectl get apiservice"));
}

TEST(Find, ListsModelsPageByPage) {
    FakeCluster fake;
    fake.texts[api + "models/mnist?limit=500"] =
        R"({"asOf": 9, "truncated": true, "next": 5, "items": [{"digest": "sha256:b",
            "project": "mnist", "experiment": "mnist-2", "recorded": "2026-01-31T11:00:00Z",
            "attributes": {"bytes": 7}}]})";
    fake.texts[api + "models/mnist?limit=500&before=5"] =
        R"({"asOf": 9, "truncated": false, "items": [{"digest": "sha256:a", "project": "mnist",
            "experiment": "mnist-1", "recorded": "2026-01-31T10:00:00Z", "attributes": {}}]})";
    ASSERT_TRUE(fake.run({"find", "--project", "mnist"}));
    EXPECT_EQ(fake.out.str(), "MODEL      PROJECT   EXPERIMENT   FILES   BYTES   AGE\n"
                              "sha256:b   mnist     mnist-2              7       60m\n"
                              "sha256:a   mnist     mnist-1                      120m\n");
}

TEST(Find, NoneIsSaidWithItsPosition) {
    FakeCluster fake;
    fake.texts[api + "models/-?limit=500"] = R"({"asOf": 9, "truncated": false, "items": []})";
    ASSERT_TRUE(fake.run({"find"}));
    EXPECT_EQ(fake.err.str(), "none, as of entry 9\n");
}

} // namespace
} // namespace pedigree::cli

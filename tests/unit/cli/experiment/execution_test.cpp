#include "cli/experiment/execution.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

TEST(NextExecution, IsOneAboveTheHighest) {
    EXPECT_EQ(next_execution("mnist", {}), "mnist-1");
    EXPECT_EQ(next_execution("mnist", {"mnist-1", "mnist-9", "mnist-10"}), "mnist-11");
}

TEST(NextExecution, OtherNamesDoNotCount) {
    EXPECT_EQ(next_execution("mnist", {"mnist", "mnist-", "mnist-x", "mnist-2-7", "mnistx-8",
                                       "mnist-007", "mnist-99999999999999999999999", "other-5"}),
              "mnist-1");
    EXPECT_EQ(next_execution("mnist-2", {"mnist-2-7", "mnist-9"}), "mnist-2-8");
}

Json base_spec() {
    return Json::parse(R"({"project": "mnist",
        "source": {"git": {"url": "https://git.example.com/v/m.git", "ref": "main"}},
        "parameters": {"train.epochs": 3, "train.batch_size": 64},
        "inputs": [{"name": "mnist", "uri": "s3://datasets/mnist.npz"}],
        "command": ["python", "train.py"]})");
}

TEST(Assign, ParametersKeepTheirDotsAndTheirJsonType) {
    Json spec = base_spec();
    ASSERT_TRUE(assign(spec, "parameters.train.epochs=4"));
    ASSERT_TRUE(assign(spec, "parameters.train.learning_rate=1e-3"));
    ASSERT_TRUE(assign(spec, "parameters.augment=true"));
    ASSERT_TRUE(assign(spec, "parameters.optimizer=adam"));
    ASSERT_TRUE(assign(spec, "parameters.label=\"4\""));
    ASSERT_TRUE(assign(spec, "parameters.note=a=b"));
    EXPECT_EQ(spec["parameters"], Json::parse(R"({"train.epochs": 4, "train.batch_size": 64,
                              "train.learning_rate": 0.001, "augment": true, "optimizer": "adam",
                              "label": "4", "note": "a=b"})"));
}

TEST(Assign, FieldsTakeTheTypeOfTheSchema) {
    Json spec = base_spec();
    ASSERT_TRUE(assign(spec, "resources.cpu=2"));
    ASSERT_TRUE(assign(spec, "resources.gpu.count=1"));
    ASSERT_TRUE(assign(spec, "deadlines.trainSeconds=60"));
    ASSERT_TRUE(assign(spec, "seed=7"));
    ASSERT_TRUE(assign(spec, "suspend=true"));
    ASSERT_TRUE(assign(spec, "source.git.ref=1234567"));
    ASSERT_TRUE(assign(spec, "command=[\"python\", \"other.py\"]"));
    ASSERT_TRUE(assign(spec, "inputs.0.uri=s3://datasets/other.npz"));
    EXPECT_EQ(spec["resources"], Json::parse(R"({"cpu": "2", "gpu": {"count": 1}})"));
    EXPECT_EQ(spec["deadlines"]["trainSeconds"], 60);
    EXPECT_EQ(spec["seed"], 7);
    EXPECT_EQ(spec["suspend"], true);
    EXPECT_EQ(spec["source"]["git"]["ref"], "1234567");
    EXPECT_EQ(spec["command"], Json::array({"python", "other.py"}));
    EXPECT_EQ(spec["inputs"][0]["uri"], "s3://datasets/other.npz");
}

TEST(Assign, RefusalsNameThePathAndWhatToDo) {
    const std::vector<std::pair<std::string, std::string>> refused{
        {"seed", "write NAME=VALUE"},
        {"=4", "write NAME=VALUE"},
        {"train.epochs=4", "for a parameter write parameters.train.epochs"},
        {"sed=4", "did you mean \"seed\"?"},
        {"seed=four", "must be of type integer"},
        {"resources.gpu=1", "must be of type object"},
        {"resources.gpu.count=1.5", "must be of type integer"},
        {"inputs.1.uri=x", "names no item of the list, which has 1"},
        {"inputs.-1.uri=x", "names no item"},
        {"project.name=x", "nothing can stand below"},
        {"command.0.x=1", "nothing can stand below"},
    };
    for (const auto& [assignment, words] : refused) {
        Json spec = base_spec();
        const Status status = assign(spec, assignment);
        ASSERT_FALSE(status) << assignment;
        EXPECT_EQ(status.error().code, ErrorCode::InvalidInput);
        EXPECT_THAT(status.error().message, HasSubstr(words)) << assignment;
    }
}

TEST(ExecutionSpec, ACommitReplacesTheRef) {
    const std::string commit(40, 'a');
    const Json document = {{"kind", "Experiment"}, {"spec", base_spec()}};
    const auto spec = execution_spec(document, {"digits", commit, {"seed=7"}});
    ASSERT_TRUE(spec) << spec.error().message;
    EXPECT_EQ((*spec)["project"], "digits");
    EXPECT_EQ((*spec)["source"]["git"],
              (Json{{"url", "https://git.example.com/v/m.git"}, {"commit", commit}}));
    EXPECT_EQ((*spec)["seed"], 7);
}

TEST(ExecutionSpec, OnlyAnExperimentRuns) {
    const auto job = execution_spec({{"kind", "Job"}, {"spec", Json::object()}}, {});
    ASSERT_FALSE(job);
    EXPECT_THAT(job.error().message, HasSubstr("\"Job\""));
    EXPECT_FALSE(execution_spec({{"kind", "Experiment"}}, {}));
}

TEST(ExecutionObject, KeepsLabelsAndNamesWhoAsked) {
    const Json document = Json::parse(R"({"kind": "Experiment", "metadata": {"name": "own",
        "namespace": "elsewhere", "uid": "x", "labels": {"team": "v"},
        "annotations": {"note": "n", "pedigree.dev/requested-by": "somebody"}}})");
    const Json object =
        execution_object(document, base_spec(), {"vision", "mnist-2", "ann@example.com"});
    EXPECT_EQ(object["metadata"],
              Json::parse(R"({"name": "mnist-2", "namespace": "vision", "labels": {"team": "v"},
        "annotations": {"note": "n", "pedigree.dev/requested-by": "ann@example.com"}})"));
    const Json unknown = execution_object(document, base_spec(), {"vision", "mnist-2", ""});
    EXPECT_EQ(unknown["metadata"]["annotations"], (Json{{"note", "n"}}));
}

} // namespace
} // namespace pedigree::cli

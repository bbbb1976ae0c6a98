#include <gmock/gmock.h>

#include "cli/lineage/ancestry.h"
#include "cli/lineage/comparison.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

const std::string root = "/apis/lineage.pedigree.dev/v1alpha1";
const std::string api = root + "/namespaces/vision/";

Json node(const std::string& id, const Json& attributes = Json::object()) {
    const std::string kind = id.substr(0, id.find(':'));
    const std::string key = id.substr(id.find(':') + 1);
    return {{"id", id},
            {"kind", kind},
            {key.starts_with("sha") ? "digest" : "uid", key},
            {"attributes", attributes}};
}

Json edge(const std::string& from, const std::string& relation, const std::string& to) {
    return {{"from", from}, {"to", to}, {"relation", relation}, {"asserted", "Operator"}};
}

// One attempt with everything behind it, and a model of another Experiment that it began with.
Json trace_of(const std::string& attempt, std::int64_t trial, const std::string& commit) {
    const std::string act = "Attempt:" + attempt;
    const std::string number = std::to_string(trial);
    const Json spec{{"parameters", {{"epochs", 4}, {"lr", 0.5}, {"momentum", 0.9}}},
                    {"search", {{"space", {{{"name", "lr"}}, {{"name", "momentum"}}}}}},
                    {"seed", 7},
                    {"inputs", {{{"name", "digits"}, {"digest", "sha256:declared"}}}}};
    return {
        {"root", act},
        {"nodes",
         {node("Model:sha256:old", {{"name", "start"}}), node("Attempt:other"),
          node("ImageBuild:other"), node("Resolve:other"), node("GitCommit:sha1:other"), node(act),
          node("Trial:t" + number,
               {{"number", trial},
                {"parameters", Json{{"lr", 0.01 * static_cast<double>(trial)}}.dump()}}),
          node("ExperimentSpec:e4", {{"name", "mnist-4"},
                                     {"project", "mnist"},
                                     {"outcome", "Succeeded"},
                                     {"spec", spec.dump()}}),
          node("Person:p", {{"name", "ann@example.com"}}), node("Image:sha256:image"),
          node("ImageBuild:b"), node("BaseImage:sha256:base"), node("Resolve:r"),
          node("GitCommit:sha1:" + commit), node("RepoTree:sha1:tree"),
          node("Lockfile:sha256:lock"), node("Dataset:sha256:digits", {{"name", "digits"}})}},
        {"edges",
         {edge("Model:sha256:old", "GeneratedBy", "Attempt:other"),
          edge("Attempt:other", "Follows", "ImageBuild:other"),
          edge("ImageBuild:other", "Follows", "Resolve:other"),
          edge("Resolve:other", "Used", "GitCommit:sha1:other"),
          edge(act, "Used", "Model:sha256:old"), edge(act, "Used", "Dataset:sha256:digits"),
          edge(act, "Used", "Image:sha256:image"), edge(act, "PartOf", "Trial:t" + number),
          edge("Trial:t" + number, "PlannedBy", "ExperimentSpec:e4"),
          edge("ExperimentSpec:e4", "RequestedBy", "Person:p"),
          edge(act, "Follows", "ImageBuild:b"),
          edge("Image:sha256:image", "GeneratedBy", "ImageBuild:b"),
          edge("ImageBuild:b", "Used", "BaseImage:sha256:base"),
          edge("ImageBuild:b", "Follows", "Resolve:r"),
          edge("Resolve:r", "PlannedBy", "ExperimentSpec:e4"),
          edge("Resolve:r", "Used", "GitCommit:sha1:" + commit),
          edge("Resolve:r", "Used", "RepoTree:sha1:tree"),
          edge("Resolve:r", "Used", "Lockfile:sha256:lock")}},
        {"truncated", false}};
}

Json trial_item(std::int64_t number, double value) {
    return {{"trial", number},
            {"state", "Completed"},
            {"parameters", {{"lr", 0.01 * static_cast<double>(number)}}},
            {"value", value},
            {"podUid", "pod-" + std::to_string(number)},
            {"runIds", {"run-" + std::to_string(number)}},
            {"startedAt", "2026-01-31T11:00:00Z"},
            {"endedAt", "2026-01-31T11:05:00Z"}};
}

Json trials() {
    Json third{{"trial", 3},
               {"state", "Failed"},
               {"parameters", {{"lr", 0.03}}},
               {"failure", {{"class", "Infrastructure"}}}}; // never had a pod
    return {{"experiment", "mnist-4"},
            {"uid", "e4"},
            {"objective", {{"metric", "accuracy"}, {"goal", "Maximize"}}},
            {"best", 2},
            {"maxTrials", 3},
            {"items", {trial_item(1, 0.5), trial_item(2, 0.75), third}}};
}

Json run(std::int64_t number, double loss) {
    const std::string id = "Run:run-" + std::to_string(number);
    return {{"root", id},
            {"nodes", {node(id, {{"metrics", Json{{"loss", loss}, {"epoch", 4}}.dump()}})}}};
}

struct CompareTest : testing::Test {
    FakeCluster fake;
    CompareTest() {
        fake.texts[root] = "{}";
        fake.texts[api + "trials/mnist-4"] = trials().dump();
        fake.texts[api + "traces/attempt%3Apod-1"] = trace_of("pod-1", 1, "c1").dump();
        fake.texts[api + "traces/attempt%3Apod-2"] = trace_of("pod-2", 2, "c1").dump();
        Json experiment = trace_of("pod-2", 2, "c1");
        experiment["root"] = "ExperimentSpec:e4";
        fake.texts[api + "traces/exp%3Amnist-4"] = experiment.dump();
        fake.texts[api + "traces/run%3Arun-1"] = run(1, 0.2).dump();
        fake.texts[api + "traces/run%3Arun-2"] = run(2, 0.1).dump();
    }
    std::string compared(std::vector<std::string> words) {
        words.insert(words.begin(), "compare");
        const auto code = fake.run(words);
        return code ? fake.out.str() : "error: " + code.error().message;
    }
};

TEST(Ancestry, FollowsTheAttemptsOwnActs) {
    const Ancestry ancestry = ancestry_from(trace_of("pod-2", 2, "c1"));
    EXPECT_EQ(ancestry.attempt, "pod-2");
    EXPECT_EQ(ancestry.experiment, "mnist-4");
    EXPECT_EQ(ancestry.experiment_uid, "e4");
    EXPECT_EQ(ancestry.trial, 2);
    EXPECT_EQ(ancestry.commit, "sha1:c1"); // not that of the model it began with
    EXPECT_EQ(ancestry.tree, "sha1:tree");
    EXPECT_EQ(ancestry.lock, "sha256:lock");
    EXPECT_EQ(ancestry.base, "sha256:base");
    EXPECT_EQ(ancestry.image, "sha256:image");
    EXPECT_EQ(ancestry.seed, "7");
    EXPECT_EQ(ancestry.requester, "ann@example.com");
    EXPECT_EQ(ancestry.parameters.at("lr").text, "0.02"); // the trial's, over the spec's
    EXPECT_EQ(ancestry.parameters.at("epochs").text, "4");
    EXPECT_FALSE(ancestry.parameters.contains("momentum")); // in the space, not in this trial
    EXPECT_THAT(ancestry.inputs,
                ElementsAre(Pair("digits", "sha256:digits"), Pair("start", "sha256:old")));
}

TEST(Ancestry, BeginsAtTheModelOrAtAFileOfIt) {
    Json answer = trace_of("pod-2", 2, "c1");
    answer["nodes"].push_back(node("Model:sha256:m"));
    answer["nodes"].push_back(node("Artifact:sha256:f"));
    answer["edges"].push_back(edge("Model:sha256:m", "GeneratedBy", "Attempt:pod-2"));
    answer["edges"].push_back(edge("Artifact:sha256:f", "PartOf", "Model:sha256:m"));
    for (const char* begin : {"Model:sha256:m", "Artifact:sha256:f"}) {
        answer["root"] = begin;
        EXPECT_EQ(ancestry_from(answer).attempt, "pod-2") << begin;
        EXPECT_EQ(ancestry_from(answer).commit, "sha1:c1") << begin;
    }
}

TEST(Ancestry, MakesDoWithWhatIsThere) {
    for (const Json& odd : {Json(), Json::array(), Json{{"root", "Attempt:x"}},
                            Json{{"root", 7}, {"nodes", {1}}, {"edges", {Json::array()}}}}) {
        EXPECT_EQ(ancestry_from(odd).commit, "") << odd;
        EXPECT_THAT(metrics_from(odd), IsEmpty()) << odd;
    }
}

TEST_F(CompareTest, ShowsOnlyWhatDiffers) {
    EXPECT_EQ(compared({"mnist-4/1", "exp/mnist-4"}), // its best is the second
              "WHAT        NAME       mnist-4/1   mnist-4/2\n"
              "objective   accuracy   0.5         0.75\n"
              "parameter   lr         0.01        0.02\n"
              "metric      loss       0.2         0.1\n");
    EXPECT_THAT(fake.err.str(), HasSubstr("the same in all: 14 more (--all shows them)"));
}

TEST_F(CompareTest, ShowsEverythingWhenAsked) {
    EXPECT_THAT(compared({"mnist-4/1", "mnist-4/2", "--all"}),
                AllOf(HasSubstr("outcome                   Completed"),
                      HasSubstr("parameter      epochs     4"), HasSubstr("seed"),
                      HasSubstr("commit                    sha1:c1"), HasSubstr("sha256:lock"),
                      HasSubstr("input          digits     sha256:digits"),
                      HasSubstr("requested by              ann@example.com"),
                      HasSubstr("duration                  5m")));
    EXPECT_EQ(fake.err.str(), "");
}

TEST_F(CompareTest, AnotherCommitIsADifference) {
    fake.texts[api + "traces/attempt%3Apod-2"] = trace_of("pod-2", 2, "c2").dump();
    EXPECT_THAT(compared({"mnist-4/1", "mnist-4/2"}),
                HasSubstr("commit                 sha1:c1     sha1:c2\n"));
}

TEST_F(CompareTest, JsonHoldsNumbersAndNulls) {
    fake.texts[api + "traces/run%3Arun-2"] = Json{{"root", Json()}}.dump();
    const Json printed = Json::parse(compared({"mnist-4/1", "mnist-4/2", "-o", "json"}));
    EXPECT_EQ(printed["compared"], (Json{"mnist-4/1", "mnist-4/2"}));
    const Json loss{
        {"what", "metric"}, {"name", "loss"}, {"differs", true}, {"values", {0.2, Json()}}};
    EXPECT_THAT(printed["items"], testing::Contains(loss));
}

TEST_F(CompareTest, SaysThatNothingDiffers) {
    EXPECT_EQ(compared({"mnist-4/1", "mnist-4/1"}), "");
    EXPECT_THAT(fake.err.str(), HasSubstr("nothing differs; the same in all: 17 more"));
}

TEST_F(CompareTest, ATrialWithoutAPodShowsWhatItsExperimentIsMadeOf) {
    const std::string out = compared({"mnist-4/2", "mnist-4/3", "--all"});
    EXPECT_THAT(out, HasSubstr("Completed         Failed Infrastructure"));
    EXPECT_THAT(out, HasSubstr("sha1:c1           sha1:c1"));
    EXPECT_THAT(out, HasSubstr("0.02              0.03"));
}

TEST_F(CompareTest, ADigestIsTheTrialThatMadeIt) {
    const std::string digest = "sha256:" + std::string(64, 'a');
    Json answer = trace_of("pod-2", 2, "c1");
    answer["nodes"].push_back(node("Model:" + digest));
    answer["edges"].push_back(edge("Model:" + digest, "GeneratedBy", "Attempt:pod-2"));
    answer["root"] = "Model:" + digest;
    const std::string path = api + "traces/sha256%3A" + std::string(64, 'a');
    fake.texts[path] = answer.dump();
    EXPECT_THAT(compared({"mnist-4/1", digest}), HasSubstr("mnist-4/1   mnist-4/2\n"));

    // An Experiment that was made anew under the same name is another one.
    Json others = trials();
    others["uid"] = "e5";
    fake.texts[api + "trials/mnist-4"] = others.dump();
    EXPECT_THAT(compared({digest, digest}), Not(HasSubstr("error")));
    EXPECT_THAT(compared({digest, digest, "--all"}),
                HasSubstr("outcome                 Succeeded"));

    answer["root"] = Json();
    fake.texts[path] = answer.dump();
    EXPECT_THAT(compared({digest, digest}), HasSubstr("no attempt is known that made"));
}

TEST_F(CompareTest, RunsOfOneLoopAreColumnsOfTheirOwn) {
    for (const char* number : {"1", "2"}) {
        Json answer = trace_of("pod-1", 1, "c1");
        const std::string id = std::string("Run:loop-") + number;
        answer["root"] = id;
        answer["nodes"].push_back(node(id, {{"metrics", Json{{"loss", number}}.dump()},
                                            {"parameters", Json{{"fold", number}}.dump()}}));
        answer["edges"].push_back(edge(id, "GeneratedBy", "Attempt:pod-1"));
        fake.texts[api + "traces/run%3Aloop-" + number] = answer.dump();
    }
    EXPECT_EQ(compared({"run:loop-1", "run:loop-2"}),
              "WHAT            NAME   run:loop-1   run:loop-2\n"
              "run parameter   fold   1            2\n"
              "metric          loss   1            2\n");
}

struct LoopTest : CompareTest {
    // A script that trained three times in one loop; all logged the same seed.
    void loop(std::size_t runs) {
        Json list = trials();
        Json ids = Json::array();
        for (std::size_t i = 1; i <= runs; ++i) {
            const std::string number = std::to_string(i);
            Json answer = trace_of("pod-1", 1, "c1");
            const std::string id = "Run:loop-" + number;
            answer["root"] = id;
            answer["nodes"].push_back(
                node(id, {{"name", "fold " + number},
                          {"metrics", Json{{"loss", 0.5 + 0.25 * static_cast<double>(i)}}.dump()},
                          {"parameters", Json{{"fold", number}, {"seed", "7"}}.dump()}}));
            answer["edges"].push_back(edge(id, "GeneratedBy", "Attempt:pod-1"));
            fake.texts[api + "traces/run%3Aloop-" + number] = answer.dump();
            ids.push_back("loop-" + number);
        }
        list["items"][0]["runIds"] = ids;
        fake.texts[api + "trials/mnist-4"] = list.dump();
    }
};

TEST_F(LoopTest, TheRunsOfATrialAreColumnsWhenAsked) {
    loop(3);
    EXPECT_EQ(compared({"mnist-4/1", "--runs"}),
              "WHAT            NAME   run:loop-1   run:loop-2   run:loop-3\n"
              "run                    fold 1       fold 2       fold 3\n"
              "run parameter   fold   1            2            3\n"
              "metric          loss   0.75         1            1.25\n");
    EXPECT_THAT(compared({"mnist-4/1", "--runs", "--all"}), HasSubstr("run parameter   seed"));
    fake.out.str("");
    EXPECT_THAT(compared({"run:loop-3", "mnist-4/1", "--runs"}),
                HasSubstr("NAME   run:loop-3   run:loop-1   run:loop-2   run:loop-3\n"));
}

TEST_F(LoopTest, SoManyRunsAreComparedAndTheOthersAreCounted) {
    for (const std::size_t count : {7U, 8U, 9U}) {
        fake.err.str("");
        loop(count);
        const std::string out = compared({"mnist-4/1", "--runs"});
        EXPECT_EQ(out.find("run:loop-9") == std::string::npos, true);
        EXPECT_EQ(fake.err.str().find("the first 8 of 9 runs of mnist-4/1") != std::string::npos,
                  count == 9);
        fake.out.str("");
    }
}

TEST_F(LoopTest, OneSubjectAloneIsRefusedButWithItsRuns) {
    loop(0);
    EXPECT_THAT(compared({"mnist-4/1", "--runs"}),
                HasSubstr("no run of mnist-4/1 is recorded; see pedigree runs mnist-4"));
    EXPECT_EQ(compared({"mnist-4/1"}), "");
    EXPECT_THAT(fake.err.str(), HasSubstr("two subjects or more, or one with --runs"));
}

TEST_F(CompareTest, TheCommandIsARow) {
    Json other = trace_of("pod-2", 2, "c1");
    for (Json& each : other["nodes"]) {
        if (each["kind"] == "ExperimentSpec") {
            each["attributes"]["spec"] = Json{{"command", {"python", "b c.py"}}}.dump();
        }
    }
    fake.texts[api + "traces/attempt%3Apod-2"] = other.dump();
    EXPECT_THAT(compared({"mnist-4/1", "mnist-4/2"}), HasSubstr("python \"b c.py\"\n"));
}

TEST_F(CompareTest, SaysWhatToDoAboutAWrongName) {
    EXPECT_THAT(compared({"mnist-4/9", "mnist-4/1"}),
                HasSubstr("mnist-4 has no trial 9; see pedigree trials mnist-4"));
    EXPECT_THAT(compared({"mnist-5", "mnist-4/1"}), HasSubstr("pedigree get lists Experiments"));
    EXPECT_THAT(compared({"mnist-4/best", "mnist-4/1"}), HasSubstr("ask for exp/NAME"));
    Json none = trials();
    none["items"] = Json::array();
    fake.texts[api + "trials/mnist-4"] = none.dump();
    EXPECT_THAT(compared({"mnist-4", "mnist-4/1"}), HasSubstr("mnist-4 has no trial yet"));
}

} // namespace
} // namespace pedigree::cli

#include <gmock/gmock.h>

#include "cli/runs/table.h"
#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string runs_root = "/apis/lineage.pedigree.dev/v1alpha1";
const std::string runs_api = runs_root + "/namespaces/vision/";
const std::string of_one = runs_api + "runs/-?experiment=mnist-4&limit=500";

Json run_item(const std::string& id, const Json& attributes, std::int64_t trial) {
    return {{"uid", id},
            {"kind", "Run"},
            {"attributes", attributes},
            {"experiment", "mnist-4"},
            {"project", "mnist"},
            {"trial", trial},
            {"attempt", trial == 0 ? 0 : 1},
            {"podUid", trial == 0 ? "" : "pod-" + std::to_string(trial)},
            {"recorded", "2026-01-31T11:00:00.000000Z"}};
}

Json attributes_of(const std::string& name, const std::string& tracker, const Json& parameters,
                   const Json& metrics) {
    return {{"name", name},
            {"tracker", tracker},
            {"status", "FINISHED"},
            {"parameters", parameters.dump()},
            {"metrics", metrics.dump()}};
}

Json three_runs() {
    Json open = attributes_of("third", "W&B", {{"lr", "0.1"}}, {{"loss", "NaN"}});
    open.erase("status");
    open["scriptStatus"] = "running";
    return {{"asOf", 40},
            {"truncated", false},
            {"items",
             {run_item("r3", open, 3),
              run_item("r2",
                       attributes_of("second", "TensorBoard", {{"lr", "0.02"}, {"seed", "7"}},
                                     {{"loss", "0.123456789"}, {"f1", "0.95"}}),
                       2),
              run_item("r1",
                       attributes_of("first", "MLflow", {{"lr", "0.003"}, {"seed", "7"}},
                                     {{"loss", "0.25"}, {"f1", "0.8"}}),
                       1)}}};
}

struct RunsTest : testing::Test {
    FakeCluster fake;
    RunsTest() {
        fake.texts[runs_root] = "{}";
        fake.texts[of_one] = three_runs().dump();
        fake.texts[runs_api + "runs/-?limit=500"] = three_runs().dump();
    }
    std::string listed(std::vector<std::string> words) {
        words.insert(words.begin(), "runs");
        fake.out.str("");
        fake.err.str("");
        const auto code = fake.run(words);
        return !code ? "error: " + code.error().message : fake.out.str();
    }
    std::vector<std::string> names(std::vector<std::string> words) {
        words.insert(words.end(), {"-o", "json"});
        std::vector<std::string> found;
        const Json list = expect_schema(listed(words));
        for (const Json& item : at_path(list, {"items"})) {
            found.push_back(string_or(item, "name"));
        }
        return found;
    }
};

TEST_F(RunsTest, ListsTheRunsOfAllTrackers) {
    EXPECT_EQ(listed({"mnist-4"}),
              "NAME     TRACKER       STATUS     TRIAL   param.lr   param.seed   metric.f1   "
              "metric.loss\n"
              "third    W&B           running    3/1     0.1                                 NaN\n"
              "second   TensorBoard   FINISHED   2/1     0.02       7            0.95        "
              "0.123457\n"
              "first    MLflow        FINISHED   1/1     0.003      7            0.8         "
              "0.25\n");
    EXPECT_EQ(fake.err.str(), "");
    EXPECT_THAT(listed({}), HasSubstr("STATUS     EXPERIMENT   TRIAL"));
    EXPECT_THAT(listed({"exp/mnist-4", "-o", "wide"}),
                AllOf(HasSubstr("ID   POD     AGE\n"), HasSubstr("0.123456789"),
                      HasSubstr("r2   pod-2   60m\n")));
}

TEST_F(RunsTest, ChoosesByConditionAndTracker) {
    EXPECT_THAT(names({"mnist-4", "--where", "metric.f1 > 0.9 and param.lr < 0.1"}),
                ElementsAre("second"));
    EXPECT_EQ(fake.err.str(), "1 of 3 runs are shown\n");
    EXPECT_THAT(names({"--where", "trial = 1 or tracker = wandb"}), ElementsAre("third", "first"));
    EXPECT_THAT(names({"--tracker", "tensorboard"}), ElementsAre("second"));
    EXPECT_THAT(names({"--tracker", "wandb"}), ElementsAre("third"));
    EXPECT_THAT(names({"--limit", "2"}), ElementsAre("third", "second"));
}

TEST_F(RunsTest, SortsAndKeepsWhatHasNoValueLast) {
    EXPECT_THAT(names({"--sort", "metric.loss"}), ElementsAre("second", "first", "third"));
    EXPECT_THAT(names({"--sort", "metric.loss", "--descending"}),
                ElementsAre("first", "second", "third"));
    EXPECT_THAT(names({"--sort", "metric.f1", "--limit", "1"}), ElementsAre("first"));
    EXPECT_THAT(names({"--sort", "param.lr"}), ElementsAre("first", "second", "third"));
    EXPECT_THAT(names({"--sort", "name"}), ElementsAre("first", "second", "third"));
}

TEST_F(RunsTest, AMetricsExtremesAreFieldsToo) {
    Json list = three_runs();
    list["items"][1]["attributes"]["extremes"] = R"({"loss": {"min": "0.05", "max": "2"}})";
    list["items"][2]["attributes"]["extremes"] = "{}"; // one value each
    list["items"][2]["attributes"]["metrics"] = R"({"loss": "0.25", "loss.max": "9"})";
    fake.texts[of_one] = list.dump();
    EXPECT_THAT(names({"mnist-4", "--where", "metric.loss.min < 0.1"}), ElementsAre("second"));
    EXPECT_THAT(names({"mnist-4", "--where", "metric.loss.max >= 0"}),
                ElementsAre("second", "first"));
    EXPECT_THAT(names({"mnist-4", "--where", "metric.loss.max = 9"}), ElementsAre("first"));
    EXPECT_THAT(names({"mnist-4", "--sort", "metric.loss.min"}),
                ElementsAre("second", "first", "third"));
    const Json printed = expect_schema(listed({"mnist-4", "-o", "json"}));
    EXPECT_EQ(printed["items"][0]["extremes"], Json::object()); // recorded before there were any
    EXPECT_EQ(printed["items"][1]["extremes"]["loss"], (Json{{"min", 0.05}, {"max", 2.0}}));
    EXPECT_EQ(printed["items"][1]["extremes"]["f1"], (Json{{"min", 0.95}, {"max", 0.95}}));
    EXPECT_EQ(printed["items"][2]["extremes"]["loss"], (Json{{"min", 0.25}, {"max", 0.25}}));
    EXPECT_THAT(listed({"mnist-4", "--where", "metric.loss.min < 0.1"}),
                HasSubstr("TRIAL   metric.loss.min   metric.f1"));
    EXPECT_EQ(listed({"mnist-4", "--where", "metric.loss.least < 0.1"}), "");
    EXPECT_THAT(fake.err.str(), HasSubstr("no run has metric.loss.least"));
}

TEST_F(RunsTest, AFieldThatNoRunHasIsSaid) {
    EXPECT_EQ(listed({"mnist-4", "--where", "metric.f2 > 0.9", "--sort", "param.lrr"}), "");
    EXPECT_EQ(fake.err.str(), "no run has metric.f2; did you mean \"metric.f1\"?\n"
                              "no run has param.lrr; did you mean \"param.lr\"?\n"
                              "0 of 3 runs are shown\n");
}

TEST_F(RunsTest, ACsvHasEveryParameterAndMetric) {
    EXPECT_EQ(listed({"mnist-4", "--sort", "name", "--limit", "1", "-o", "csv"}),
              "name,id,tracker,status,experiment,project,trial,attempt,podUid,recorded,param.lr,"
              "param.seed,metric.f1,metric.loss\r\n"
              "first,r1,MLflow,FINISHED,mnist-4,mnist,1,1,pod-1,2026-01-31T11:00:00.000000Z,"
              "0.003,7,0.8,0.25\r\n");
}

TEST_F(RunsTest, JsonHasNumbersAndNulls) {
    fake.texts[of_one] =
        Json{{"asOf", 1}, {"items", {run_item("r", Json{{"tracker", "MLflow"}}, 0)}}}.dump();
    const Json bare = expect_schema(listed({"mnist-4", "-o", "json"}));
    EXPECT_TRUE(bare["items"][0]["trial"].is_null());
    fake.texts[of_one] = three_runs().dump();
    const Json list = expect_schema(listed({"mnist-4", "-o", "json"}));
    EXPECT_EQ(list["items"][0]["metrics"]["loss"], "NaN");
    EXPECT_EQ(list["items"][1]["metrics"]["loss"], 0.123456789);
    EXPECT_EQ(list["items"][1]["parameters"]["lr"], "0.02");
    EXPECT_EQ(list["asOf"], 40);
}

// Elsewhere a list ends silently at a thousand.
TEST_F(RunsTest, PagesAreReadAndTheirEndIsSaid) {
    Json page = three_runs();
    page["truncated"] = true;
    page["next"] = 30;
    fake.texts[of_one] = page.dump();
    page["next"] = 20;
    fake.texts[of_one + "&before=30"] = page.dump();
    page["truncated"] = false;
    fake.texts[of_one + "&before=20"] = page.dump();
    EXPECT_EQ(names({"mnist-4"}).size(), 9U);
    EXPECT_EQ(fake.err.str(), "");

    page["truncated"] = true; // there is always a further one
    fake.texts[of_one + "&before=20"] = page.dump();
    fake.asked.clear();
    EXPECT_EQ(names({"mnist-4"}).size(), 60U);
    EXPECT_EQ(fake.asked.size(), 20U);
    EXPECT_EQ(fake.err.str(), "there are more: only the 60 newest were looked at\n");
}

TEST_F(RunsTest, ATableOfManyMetricsShowsWhatWasAskedForFirst) {
    Json parameters = Json::object(), metrics = Json::object();
    for (int i = 10; i < 30; ++i) {
        parameters["p" + std::to_string(i)] = "x";
        metrics["m" + std::to_string(i)] = "1";
    }
    fake.texts[of_one] =
        Json{{"asOf", 1},
             {"items", {run_item("r", attributes_of("one", "MLflow", parameters, metrics), 1)}}}
            .dump();
    const std::string out = listed({"mnist-4", "--where", "metric.m29 > 0", "--sort", "param.p25"});
    EXPECT_THAT(out, HasSubstr("TRIAL   param.p25   metric.m29   metric.m10   metric.m11"));
    EXPECT_THAT(fake.err.str(), HasSubstr("8 of 40 parameters and metrics are shown (-o wide)"));
    EXPECT_THAT(listed({"mnist-4", "-o", "wide"}), HasSubstr("param.p29"));
}

TEST_F(RunsTest, NothingRecordedYetIsSaid) {
    fake.texts[of_one] = Json{{"asOf", 1}, {"items", Json::array()}}.dump();
    EXPECT_EQ(listed({"mnist-4", "--where", "metric.f1 > 1"}), "");
    EXPECT_EQ(fake.err.str(),
              "no run is recorded of mnist-4 yet; a run is, when its attempt has ended\n");
}

TEST_F(RunsTest, SaysWhatIsWrongWithTheLine) {
    EXPECT_THAT(listed({"mnist-4", "--where", "metric.f1 >"}), "");
    EXPECT_THAT(fake.err.str(),
                AllOf(HasSubstr("--where"), HasSubstr("column 12: a value must stand here")));
    listed({"--sort", "metric"});
    EXPECT_THAT(fake.err.str(), HasSubstr("a run has no \"metric\""));
    listed({"--descending"});
    EXPECT_THAT(fake.err.str(), HasSubstr("--descending needs --sort FIELD"));
    EXPECT_THAT(listed({"mnist-9"}),
                AllOf(HasSubstr("runs of mnist-9"), HasSubstr("pedigree get lists Experiments")));
}

TEST(RunTable, HostileNamesKeepTheirRowAndColumn) {
    TrackerRun run{.name = "a\nb\x1b[31m", .tracker = "MLflow"};
    run.metrics["loss,\"x\""] = MetricValue(1);
    const std::string text =
        render(run_table({run}, {run_columns({run}, {}, 8), true, false}, Instant{}), false);
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
    EXPECT_THAT(run_csv({run}), HasSubstr("\"metric.loss,\"\"x\"\"\""));
}

} // namespace
} // namespace pedigree::cli

#include <gmock/gmock.h>

#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string metrics_root = "/apis/lineage.pedigree.dev/v1alpha1";
const std::string metrics_api = metrics_root + "/namespaces/vision/";

Json series_item(const std::string& run, const std::string& key, std::int64_t count) {
    return {{"runId", run},
            {"run", "colt"},
            {"tracker", "MLflow"},
            {"key", key},
            {"count", count},
            {"first", 1.5},
            {"last", "NaN"},
            {"lastStep", 900},
            {"min", 0.123456789},
            {"max", 1.5},
            {"points",
             {{{"step", 1}, {"value", 1.5}},
              {{"step", 300}, {"value", 0.123456789}},
              {{"step", 900}, {"value", "NaN"}}}}};
}

Json series_document(const Json& items) {
    return {{"kind", "MetricList"},
            {"experiment", "mnist-4"},
            {"uid", "e4"},
            {"trial", 2},
            {"attempt", 1},
            {"podUid", "pod-2"},
            {"asserted", "Recorder"},
            {"truncated", false},
            {"items", items}};
}

struct MetricsTest : testing::Test {
    FakeCluster fake;
    MetricsTest() {
        fake.texts[metrics_root] = "{}";
        fake.texts[metrics_api + "metrics/mnist-4"] =
            series_document(
                Json::array({series_item("r1", "f1", 3), series_item("r1", "loss", 5000)}))
                .dump();
        fake.texts[metrics_api + "metrics/mnist-4?key=loss"] =
            series_document(Json::array({series_item("r1", "loss", 5000)})).dump();
    }
    std::string shown(std::vector<std::string> words) {
        words.insert(words.begin(), "metrics");
        fake.out.str("");
        fake.err.str("");
        const auto code = fake.run(words);
        return code ? fake.out.str() : "error: " + code.error().message;
    }
};

TEST_F(MetricsTest, ListsWhatThereIs) {
    EXPECT_EQ(shown({"mnist-4"}), "RUN    METRIC   VALUES   FIRST   LAST   MIN        MAX   KEPT\n"
                                  "colt   f1       3        1.5     NaN    0.123457   1.5   3\n"
                                  "colt   loss     5000     1.5     NaN    0.123457   1.5   3\n");
    EXPECT_THAT(shown({"exp/mnist-4", "-o", "wide"}), HasSubstr("0.123456789"));
    EXPECT_EQ(fake.err.str(), "");
}

// Others give another sample at each call and fill in what was not logged.
TEST_F(MetricsTest, AMetricHasItsOwnStepsAndSaysWhatIsNotKept) {
    EXPECT_EQ(shown({"mnist-4", "--key", "loss"}), "STEP   VALUE\n"
                                                   "1      1.5\n"
                                                   "300    0.123456789\n"
                                                   "900    NaN\n");
    EXPECT_EQ(fake.err.str(), "loss of colt: 3 of 5000 values are kept, the first, last, least "
                              "and greatest among them\n");
}

TEST_F(MetricsTest, OnATerminalItIsDrawn) {
    fake.terminal.out_columns = 60;
    EXPECT_THAT(shown({"mnist-4", "--key", "loss"}),
                AllOf(HasSubstr("\nloss of colt\n     1.5 |*\n"), HasSubstr("0.123457 |")));
    EXPECT_THAT(shown({"mnist-4"}), Not(HasSubstr("*")));
    fake.terminal.out_columns = 0;
    EXPECT_THAT(shown({"mnist-4", "--key", "loss"}), Not(HasSubstr("*")));
}

TEST_F(MetricsTest, ProgramsGetEveryKeptValue) {
    EXPECT_EQ(shown({"mnist-4", "--key", "loss", "-o", "csv"}),
              "run,runId,tracker,metric,step,value\r\n"
              "colt,r1,MLflow,loss,1,1.5\r\n"
              "colt,r1,MLflow,loss,300,0.123456789\r\n"
              "colt,r1,MLflow,loss,900,NaN\r\n");
    const Json list = expect_schema(shown({"mnist-4", "-o", "json"}));
    EXPECT_EQ(list["items"][1]["points"][1]["value"], 0.123456789);
}

TEST_F(MetricsTest, ARunLeadsToItsAttempt) {
    const auto run = [](const std::string& id, const std::string& name, std::int64_t trial) {
        return Json{{"uid", id},
                    {"attributes", {{"name", name}}},
                    {"trial", trial},
                    {"attempt", trial == 0 ? 0 : 2}};
    };
    fake.texts[metrics_api + "runs/-?experiment=mnist-4&limit=500"] = Json{
        {"items",
         {run("r7", "mare", 7), run("r1", "colt", 1), run("r2", "colt", 2),
          run("p", "parent", 0)}}}.dump();
    fake.texts[metrics_api + "metrics/mnist-4?trial=7&attempt=2&run=r7"] =
        series_document(Json::array({series_item("r7", "loss", 3)})).dump();
    EXPECT_THAT(shown({"mnist-4", "--run", "mare"}), HasSubstr("loss"));
    EXPECT_THAT(shown({"mnist-4", "--run", "r7"}), HasSubstr("loss"));
    EXPECT_THAT(shown({"mnist-4", "--run", "colt"}),
                HasSubstr("2 runs of mnist-4 are named colt; give the id of one: pedigree runs "
                          "mnist-4 -o wide"));
    for (const char* name : {"foal", "parent"}) {
        EXPECT_THAT(shown({"mnist-4", "--run", name}), HasSubstr("see pedigree runs mnist-4"));
    }
}

TEST_F(MetricsTest, SaysWhatIsMeantWhereNothingFits) {
    fake.texts[metrics_api + "metrics/mnist-4?key=los"] = series_document(Json::array()).dump();
    EXPECT_THAT(shown({"mnist-4", "--key", "los"}),
                HasSubstr("mnist-4 logged no metric \"los\"; did you mean \"loss\"?"));
    fake.texts[metrics_api + "metrics/mnist-4?trial=3"] = series_document(Json::array()).dump();
    EXPECT_EQ(shown({"mnist-4", "--trial", "3"}), "");
    EXPECT_THAT(fake.err.str(), HasSubstr("no metric is recorded"));
    EXPECT_THAT(shown({"mnist-9"}), HasSubstr("pedigree get lists Experiments"));
    Json cut = series_document(Json::array({series_item("r1", "loss", 3)}));
    cut["truncated"] = true;
    fake.texts[metrics_api + "metrics/mnist-4"] = cut.dump();
    shown({"mnist-4"});
    EXPECT_THAT(fake.err.str(), HasSubstr("there are more metrics"));
}

TEST_F(MetricsTest, ANameOfOthersIsPrintable) {
    Json odd = series_item("r1", "a\nb\x1b[2J", 3);
    odd["run"] = "c\td";
    fake.texts[metrics_api + "metrics/mnist-4?key=x"] = series_document(Json::array({odd})).dump();
    fake.terminal.out_columns = 60;
    EXPECT_THAT(shown({"mnist-4", "--key", "x"}),
                AllOf(HasSubstr("a\\nb\\x1b[2J of c\\td\n"), Not(HasSubstr("\x1b"))));
}

} // namespace
} // namespace pedigree::cli

#include <filesystem>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/search_explain.h"
#include "cli/search_history.h"
#include "cli/search_serve.h"
#include "cli/search_simulate.h"
#include "pipeline/search/read_study.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;

search::Search new_search() {
    const Json document{{"objective", {{"metric", "accuracy"}, {"goal", "Maximize"}}},
                        {"space", {{{"name", "lr"}, {"type", "Float"}, {"min", 0.1}, {"max", 1}}}},
                        {"algorithm", {{"name", "Random"}, {"seed", 3}}},
                        {"maxTrials", 3}};
    return search::Search(search::read_study(document).value());
}

Status keep_nothing(const Json&) {
    return {};
}

std::string served(search::Search& search, const std::string& lines,
                   const EventRecorder& record = keep_nothing) {
    std::istringstream in(lines);
    std::ostringstream out;
    EXPECT_TRUE(serve(search, in, out, record));
    return out.str();
}

TEST(SearchServe, SpeaksALineForEachQuestionAndNoneForATell) {
    search::Search search = new_search();
    const std::string out =
        served(search, "{\"ask\": 2}\n{\"tell\": {\"trial\": 1, \"value\": 0.5}}\n"
                       "{\"tell\": {\"trial\": 2, \"failed\": \"OutOfMemory\"}}\n"
                       "\n{\"best\": true}\n{\"ask\": 2}\n"
                       "{\"report\": {\"trial\": 3, \"step\": 1, \"value\": 0.7}}\n"
                       "{\"report\": {\"trial\": 3, \"step\": 2, \"value\": \"NaN\"}}\n"
                       "{\"ask\": 1}\n");
    std::istringstream lines(out);
    std::vector<Json> answers;
    for (std::string line; std::getline(lines, line);) {
        answers.push_back(Json::parse(line));
    }
    ASSERT_EQ(answers.size(), 6);
    EXPECT_EQ(answers[0]["trials"].size(), 2);
    EXPECT_EQ(answers[0]["trials"][1]["trial"], 2);
    EXPECT_TRUE(answers[0]["trials"][0]["parameters"]["lr"].is_number_float());
    EXPECT_EQ(answers[1]["trial"], 1);
    EXPECT_EQ(answers[1]["value"], 0.5);
    EXPECT_EQ(answers[1]["parameters"], answers[0]["trials"][0]["parameters"]);
    EXPECT_EQ(answers[2]["trials"].size(), 1); // maxTrials
    EXPECT_EQ(answers[3], (Json{{"stop", false}}));
    EXPECT_EQ(answers[4]["stop"], true);
    EXPECT_EQ(answers[5]["trials"], Json::array());
}

TEST(SearchServe, SaysWhatIsWrongWithALineAndGoesOn) {
    search::Search search = new_search();
    const std::vector<std::pair<std::string, std::string>> cases{
        {"hello", "not valid JSON"},
        {"[1]", "a line is an object with one of ask"},
        {"{\"ask\": 1, \"best\": true}", "a line is an object with one of ask"},
        {"{\"aks\": 1}", "\\\"aks\\\" is none of ask"},
        {"{\"ask\": 0}", "from 1 to 1000"},
        {"{\"ask\": \"two\"}", "from 1 to 1000"},
        {"{\"best\": true}", "no trial has a value yet"},
        {"{\"tell\": {\"trial\": 9, \"value\": 1}}", "trial 9 was never asked for"},
        {"{\"tell\": {\"trial\": 1}}", "\\\"value\\\" is missing"},
        {"{\"tell\": {\"value\": 1}}", "trial"},
        {"{\"tell\": {\"trial\": 1, \"value\": \"high\"}}", "must be a number"},
        {"{\"tell\": {\"trial\": 1, \"value\": NaN}}", "not valid JSON"}};
    for (const auto& [line, words] : cases) {
        const std::string out = served(search, line + "\n");
        EXPECT_THAT(out, HasSubstr("{\"error\":")) << line;
        EXPECT_THAT(out, HasSubstr(words)) << line;
    }
    EXPECT_THAT(served(search, "{\"ask\": 1}\n"), HasSubstr("\"trial\":1"));
}

TEST(SearchHistory, BringsASearchToWhereItWasAlsoAfterATornLine) {
    const std::string path = testing::TempDir() + "search_history.jsonl";
    std::filesystem::remove(path);
    {
        search::Search search = new_search();
        auto file = HistoryFile::open(path, search);
        ASSERT_TRUE(file);
        served(search, "{\"ask\": 2}\n{\"tell\": {\"trial\": 2, \"value\": 0.5}}\n",
               [&](const Json& line) { return file->append(line); });
    }
    const std::string whole = *read_file(path);
    EXPECT_THAT(whole, HasSubstr("\"reason\":{\"proposedBy\":\"Random\"}"));
    ASSERT_TRUE(write_file(path, whole + "{\"tell\": {\"tri"));
    search::Search again = new_search();
    auto file = HistoryFile::open(path, again);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(*read_file(path), whole);
    EXPECT_THAT(served(again, "{\"best\": true}\n"), HasSubstr("\"trial\":2"));
    EXPECT_THAT(served(again, "{\"ask\": 5}\n"), HasSubstr("\"trial\":3"));
}

TEST(SearchHistory, NamesTheLineThatDoesNotFit) {
    search::Search search = new_search();
    const auto status = replay("{\"tell\": {\"trial\": 1, \"value\": 1}}\n", search);
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, HasSubstr("line 1: trial 1 was never asked for"));
}

TEST(SearchExplain, SaysWhatBecameOfEachTrialAndWhy) {
    const std::string history =
        "{\"asked\": {\"trial\": 1, \"parameters\": {\"lr\": 0.5}, \"reason\": "
        "{\"proposedBy\": \"Sobol\"}}}\n"
        "{\"tell\": {\"trial\": 1, \"failed\": \"OutOfMemory\"}}\n"
        "{\"asked\": {\"trial\": 2, \"parameters\": {\"lr\": 0.25}, \"reason\": {\"proposedBy\": "
        "\"LogExpectedImprovement\", \"parents\": [1], \"model\": {\"lengthScale.lr\": 0.5}}}}\n"
        "{\"tell\": {\"trial\": 2, \"value\": 0.75}}\n";
    const auto text = explanation(new_search().study(), history, false);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_THAT(*text, HasSubstr("1       Failed      OutOfMemory   Sobol"));
    EXPECT_THAT(*text, HasSubstr("LogExpectedImprovement, near 1   lr=0.25"));
    EXPECT_THAT(*text, HasSubstr("best: trial 2, 0.75"));
    EXPECT_THAT(*text, HasSubstr("lr 0.5"));
}

TEST(SearchSimulate, TellsHowFarASearchGets) {
    search::Study study = new_search().study();
    study.max_trials = 20;
    const auto steps = simulate(study, 4);
    ASSERT_EQ(steps.size(), 5);
    EXPECT_EQ(steps.front().trials, 4);
    EXPECT_EQ(steps.back().trials, 20);
    EXPECT_LT(steps.back().better_share, steps.front().better_share);
    EXPECT_LT(steps.back().better_share, 0.15);
    const Table table = simulation_table(study);
    EXPECT_EQ(table.rows.size(), 5);
}

TEST(Search, TakesTheFileOfAnotherToolAndSaysWhatItLeavesOut) {
    const std::string file = testing::TempDir() + "search_test_sweep.yaml";
    ASSERT_TRUE(write_file(file, "method: random\nmetric: {name: loss, target: 0.1}\nrun_cap: 5\n"
                                 "parameters: {lr: {min: 0.0, max: 1.0}}\n"));
    FakeCluster fake;
    const auto code = perform(SearchOptions{SearchAction::Simulate, file}, fake.terminal);
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), HasSubstr("TRIALS"));
    EXPECT_THAT(fake.err.str(), HasSubstr("warning: metric.target: the search goes on"));
}

} // namespace
} // namespace pedigree::cli

#include <filesystem>
#include <iostream>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/search/explain.h"
#include "cli/search/history.h"
#include "cli/search/serve.h"
#include "cli/search/simulate.h"
#include "pipeline/search/document/event_json.h"
#include "pipeline/search/document/read_study.h"
#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

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
        {"{\"tell\": {\"trial\": 1, \"value\": nan}}", "not valid JSON"},
        {"{\"NaN\": NaN}", "\\\"NaN\\\" is none of ask"}};
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
    EXPECT_THAT(whole, HasSubstr("\"proposedBy\":\"Random\"}"));
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
    const auto text = explanation(new_search(), history, false);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_THAT(*text, HasSubstr("1       Failed      OutOfMemory   Sobol"));
    EXPECT_THAT(*text, HasSubstr("LogExpectedImprovement, near 1   lr=0.25"));
    EXPECT_THAT(*text, HasSubstr("best: trial 2, 0.75"));
    EXPECT_THAT(*text, Not(HasSubstr("MATTERS"))); // too few trials
}

// A history of twenty trials of 10 lr; the last one failed.
std::string long_history() {
    search::Study study = new_search().study();
    study.max_trials = 20;
    search::Search search(study);
    std::string lines;
    for (int trial = 1; trial <= 20; ++trial) {
        const search::Suggestion suggestion = search.suggest(1).at(0);
        const double lr = *search::number_of(suggestion.parameters.at("lr"));
        const search::Event asked = search::asked_from(suggestion);
        const search::Event told =
            trial == 20 ? search::Told{trial, search::Outcome::Failed, 0, "UserCode"}
                        : search::Told{trial, search::Outcome::Completed, 10 * lr, ""};
        for (const search::Event& event : {asked, told}) {
            lines += search::to_json(event).dump() + "\n";
            EXPECT_TRUE(search.apply(event));
        }
    }
    return lines;
}

TEST(SearchExplain, SaysWhichParametersMatter) {
    search::Study study = new_search().study();
    study.max_trials = 20;
    const auto text = explanation(search::Search(study), long_history(), false);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_THAT(*text, HasSubstr("PARAMETER   MATTERS   WITH OTHERS   GIVE OR TAKE\n"
                                 "lr          100 %     100 %         0 %"));
}

TEST(SearchPredict, SpeaksInUnitsOfTheObjective) {
    const std::string file = testing::TempDir() + "search_predict.yaml";
    const std::string history = testing::TempDir() + "search_predict.jsonl";
    ASSERT_TRUE(write_file(file, "objective: {metric: accuracy, goal: Maximize}\nmaxTrials: 20\n"
                                 "space: [{name: lr, type: Float, min: 0.1, max: 1}]\n"));
    ASSERT_TRUE(write_file(history, long_history()));
    FakeCluster fake;
    const auto predict = [&](const std::string& parameters, const std::string& format) {
        return fake.run({"search", "predict", file, "--history", history, "--parameters",
                         parameters, "-o", format});
    };
    const auto code = predict("lr=0.5", "json");
    ASSERT_TRUE(code) << code.error().message;
    const Json said = expect_schema(fake.out.str());
    EXPECT_EQ(said["metric"], "accuracy");
    EXPECT_NEAR(said["mean"].get<double>(), 5, 0.2);
    EXPECT_LT(said["deviation"].get<double>(), 0.5);
    ASSERT_TRUE(predict("lr=0.5", "table"));
    EXPECT_THAT(fake.out.str(), HasSubstr("chance to fail: "));
    for (const auto& [parameters, words] :
         std::vector<std::pair<std::string, std::string>>{{"lr=7", "\"lr\" cannot be 7"},
                                                          {"lr", "write NAME=VALUE"},
                                                          {"rate=1", "\"lr\" is missing"}}) {
        const auto refused = predict(parameters, "table");
        ASSERT_FALSE(refused) << parameters;
        EXPECT_THAT(refused.error().message, HasSubstr(words));
    }
}

TEST(SearchServe, BeginsWithTheUsersValues) {
    const std::string file = testing::TempDir() + "search_first.yaml";
    ASSERT_TRUE(write_file(file, "objective: {metric: m, goal: Maximize}\nmaxTrials: 20\n"
                                 "space: [{name: lr, type: Float, min: 0.1, max: 1}]\n"));
    const auto serve_with = [&](FakeCluster& fake, const std::string& parameters) {
        std::istringstream lines("{\"ask\": 1}\n");
        std::streambuf* before = std::cin.rdbuf(lines.rdbuf());
        auto code = fake.run({"search", "serve", file, "--parameters", parameters});
        std::cin.rdbuf(before);
        return code;
    };
    FakeCluster fake;
    ASSERT_TRUE(serve_with(fake, "lr=0.25"));
    EXPECT_EQ(Json::parse(fake.out.str())["trials"][0]["parameters"]["lr"], 0.25);
    for (const auto& [parameters, words] : std::vector<std::pair<std::string, std::string>>{
             {"lr=7", "must lie in the search's space"},
             {"rate=0.2", "the search has no \"rate\""},
             {"lr", "write NAME=VALUE"}}) {
        const auto refused = serve_with(fake, parameters);
        ASSERT_FALSE(refused) << parameters;
        EXPECT_THAT(refused.error().message, HasSubstr(words));
    }
}

TEST(SearchServe, LearnsFromEarlierHistories) {
    const std::string folder = testing::TempDir() + "search_earlier/";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    ASSERT_TRUE(write_file(folder + "first.jsonl", long_history()));
    ASSERT_TRUE(write_file(folder + "own.jsonl", long_history()));
    ASSERT_TRUE(write_file(folder + "notes.txt", "none of ours"));
    const auto earlier = read_earlier({folder}, folder + "own.jsonl");
    ASSERT_TRUE(earlier) << earlier.error().message;
    ASSERT_EQ(earlier->size(), 1);
    EXPECT_EQ(earlier->front().trials.size(), 20);
    EXPECT_EQ(read_earlier({folder + "first.jsonl", folder + "own.jsonl"}, "")->size(), 2);
    ASSERT_TRUE(write_file(folder + "second.jsonl", "{\"tell\": {\"trial\": 1, \"value\": 1}}\n"));
    EXPECT_THAT(read_earlier({folder}, "").error().message,
                HasSubstr("second.jsonl: line 1: trial 1 was never asked for"));
    EXPECT_EQ(read_earlier({folder + "none.jsonl"}, "").error().code, ErrorCode::NotFound);
}

TEST(SearchServe, TakesTheBareWordsOfPythonsJson) {
    search::Search search = new_search();
    const std::string out =
        served(search, "{\"ask\": 3}\n{\"tell\": {\"trial\": 1, \"value\": NaN}}\n"
                       "{\"tell\": {\"trial\": 2, \"value\": -Infinity}}\n"
                       "{\"report\": {\"trial\": 3, \"step\": 1, \"value\":Infinity}}\n"
                       "{\"tell\": {\"trial\": 3, \"failed\": \"a \\\"NaN\"}}\n");
    EXPECT_THAT(out, Not(HasSubstr("error")));
    EXPECT_EQ(search.trials().find(1)->failure, "NotFinite");
    EXPECT_EQ(search.trials().find(2)->failure, "NotFinite");
    EXPECT_EQ(search.trials().find(3)->failure, "a \"NaN");
}

TEST(SearchExport, WritesHParamsForTensorBoard) {
    const std::string file = testing::TempDir() + "search_export.yaml";
    ASSERT_TRUE(write_file(file, "objective: {metric: m, goal: Maximize}\nmaxTrials: 2000\n"
                                 "space: [{name: lr, type: Float, min: 0.1, max: 1}]\n"));
    FakeCluster fake;
    ASSERT_TRUE(fake.run({"search", "export", file, "--to", "hparams"}));
    EXPECT_THAT(fake.out.str(), HasSubstr("lr"));
    EXPECT_EQ(fake.out.str().front(), '\x12'); // the field `experiment`
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

TEST(SearchSimulate, SaysIfItPlaysFewerTrials) {
    const std::string file = testing::TempDir() + "search_simulate.yaml";
    ASSERT_TRUE(write_file(file, "objective: {metric: m, goal: Maximize}\nmaxTrials: 2000\n"
                                 "algorithm: {name: Random}\n"
                                 "space: [{name: lr, type: Float, min: 0.1, max: 1}]\n"));
    FakeCluster fake;
    ASSERT_TRUE(fake.run({"search", "simulate", file}));
    EXPECT_THAT(fake.err.str(), HasSubstr("as if maxTrials were 1000 instead of 2000"));
}

TEST(Search, TakesTheFileOfAnotherToolAndSaysWhatItLeavesOut) {
    const std::string file = testing::TempDir() + "search_test_sweep.yaml";
    ASSERT_TRUE(write_file(file, "method: random\nmetric: {name: loss, target: 0.1}\nrun_cap: 5\n"
                                 "parameters: {lr: {min: 0.0, max: 1.0}}\n"));
    FakeCluster fake;
    const auto code = fake.run({"search", "simulate", file});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_THAT(fake.out.str(), HasSubstr("TRIALS"));
    EXPECT_THAT(fake.err.str(), HasSubstr("warning: metric.target: the search goes on"));
}

} // namespace
} // namespace pedigree::cli

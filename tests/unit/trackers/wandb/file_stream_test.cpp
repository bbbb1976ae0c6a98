#include "trackers/wandb/file_stream.h"

#include <gtest/gtest.h>

#include "tests/unit/trackers/wandb/calls.h"
#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

class FileStream : public testing::Test {
  protected:
    Endpoint endpoint{Settings{},
                      [this](const wandb::Run&, const Row& row) { rows.push_back(row); }};
    wandb::Run& run = start_run(endpoint);
    std::vector<Row> rows;
};

TEST_F(FileStream, TakesRowsSummaryConsoleAndEnd) {
    EXPECT_EQ(push(endpoint, rows_push(0, 0, 3)),
              (Json{{"exitcode", nullptr}, {"limits", Json::object()}}));
    push(
        endpoint,
        R"({"files":{"wandb-summary.json":{"offset":0,"content":["{\"loss\":2,\"n\":NaN,\"_wandb\":{}}"]},)"
        R"("output.log":{"offset":0,"content":["a","b"]},)"
        R"("wandb-events.jsonl":{"offset":0,"content":["{\"system.cpu\":5}","{\"system.cpu\":7}"]}},)"
        R"("complete":true,"exitcode":3,"dropped":0})");
    EXPECT_EQ(run.rows, 3);
    EXPECT_EQ(run.metrics.at("loss").values.count(), 3);
    EXPECT_EQ(run.metrics.at("loss").values.summary().last.text(), "2");
    EXPECT_EQ(run.system.at("system.cpu").values.summary().max.text(), "7");
    EXPECT_EQ(summary_of(run), (Json{{"loss", 2}, {"n", "NaN"}}));
    EXPECT_EQ(run.console_lines, 2);
    EXPECT_EQ(run.state, State::Failed);
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_EQ(rows.size(), 3);
}

TEST_F(FileStream, TakesARepeatedPushOnce) {
    push(endpoint, rows_push(0, 0, 5));
    push(endpoint, rows_push(0, 0, 5));
    push(endpoint, rows_push(3, 3, 8)); // overlaps
    EXPECT_EQ(run.rows, 8);
    EXPECT_EQ(run.rows_again, 7);
    EXPECT_EQ(run.history_lines, 8);
    EXPECT_EQ(run.metrics.at("loss").values.count(), 8);
    EXPECT_EQ(rows.size(), 8);
}

// W&B's own server loses the first writer's rows then (its issue 12269).
TEST_F(FileStream, KeepsBothWritersOfASharedRun) {
    push(endpoint, rows_push(0, 0, 10, 1000));
    push(endpoint, rows_push(0, 0, 1, 5000)); // the second writer begins at line 0, too
    push(endpoint, rows_push(10, 10, 20, 1000));
    EXPECT_EQ(run.rows, 21);
    EXPECT_EQ(run.metrics.at("loss").values.count(), 20);
    EXPECT_EQ(run.metrics.at("loss").repeated, 1);
    EXPECT_EQ(run.lines_missing, 0);
}

TEST_F(FileStream, CountsLinesThatNeverCame) {
    push(endpoint, rows_push(4, 4, 6));
    EXPECT_EQ(run.lines_missing, 4);
    EXPECT_EQ(run.history_lines, 6);
}

TEST_F(FileStream, NeverAnswersWithAnError) {
    const std::string hostile[] = {
        "",
        "[]",
        "\xff\xfe",
        "{\"files\":1}",
        R"({"files":{"wandb-history.jsonl":1}})",
        R"({"files":{"wandb-history.jsonl":{"offset":-5,"content":[1,null,"{","\u0000","{\"_step\":-1}"]}}})",
        R"({"files":{"wandb-history.jsonl":{"offset":1e300,"content":[]}}})",
        std::string(200, '[')};
    for (const std::string& body : hostile) {
        EXPECT_EQ(push(endpoint, body)["exitcode"], nullptr) << body;
    }
    EXPECT_EQ(run.rows_unreadable, 5);
    EXPECT_EQ(run.calls_unreadable, 4);
    EXPECT_EQ(endpoint.answer({"POST", "/files/e/p/r/file_stream", "", {}, Body::Cut}).status, 200);
    EXPECT_EQ(run.calls_unreadable, 5);
    for (const char* path :
         {"/files/file_stream", "/files/a/file_stream", "/files/a/../../file_stream",
          "/files/a/b/%00/file_stream", "/files/a/b/c/d/file_stream"}) {
        EXPECT_EQ(endpoint.answer({"POST", path, "{}", {}}).status, 200) << path;
    }
}

TEST_F(FileStream, BoundsKeysAndCountsTheRest) {
    std::string row = "{";
    for (std::size_t key = 0; key < wandb_keys_per_run_max + 10; ++key) {
        row += "\"k" + std::to_string(key) + "\":1,";
    }
    row += "\"_step\":0}";
    push(endpoint,
         json_text(
             Json{{"files",
                   {{"wandb-history.jsonl", {{"offset", 0}, {"content", Json::array({row})}}}}}}));
    EXPECT_EQ(run.metrics.size(), wandb_keys_per_run_max);
    EXPECT_EQ(run.keys_left_out, 10);
    EXPECT_EQ(run.rows, 1);
}

TEST_F(FileStream, TakesTheLinesBeforeABreak) {
    const std::string whole = rows_push(0, 0, 3);
    push(endpoint, whole.substr(0, whole.size() - 4));
    EXPECT_EQ(run.rows, 3);
    EXPECT_EQ(run.calls_unreadable, 1);
    push(endpoint, whole); // the SDK repeats it
    EXPECT_EQ(run.rows, 3);
    EXPECT_EQ(run.history_lines, 3);
}

TEST_F(FileStream, TakesItsMembersInAnyOrder) {
    push(
        endpoint,
        R"({"exitcode":2,"complete":true,"files":{"output.log":{"content":["a",{"content":["b"]}],)"
        R"("offset":3},"other":{"content":["{\"loss\":1}"]}},"content":["{\"loss\":1}"]})");
    EXPECT_EQ(run.console_lines, 5);
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.rows, 0);
}

TEST_F(FileStream, TellsTheScriptToStop) {
    endpoint.stop_runs();
    EXPECT_EQ(push(endpoint, "{}")["stopped"], true);
    const Json answer = ask(endpoint, "query RunStoppedStatus",
                            {{"projectName", "p"}, {"entityName", "e"}, {"runId", "r"}});
    EXPECT_EQ(answer["data"]["project"]["run"]["stopped"], true);
}

TEST_F(FileStream, TakesRowsWithoutSteps) {
    push(
        endpoint,
        R"({"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"a\":1,\"_timestamp\":1}","{\"a\":2,\"_timestamp\":2}"]}}})");
    EXPECT_EQ(run.metrics.at("a").values.count(), 2);
    EXPECT_EQ(run.last_step, 1);
}

} // namespace
} // namespace pedigree::trackers::wandb

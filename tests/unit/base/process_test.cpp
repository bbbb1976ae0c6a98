#include "base/process.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pedigree {
namespace {

using std::chrono::milliseconds;

ProcessRequest script(std::string text) {
    ProcessRequest request;
    request.argv = {"/bin/sh", "-c", std::move(text)};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    return request;
}

TEST(Process, GivesOutputErrorsAndExitCode) {
    const auto result = run_process(script("echo out; echo err >&2; exit 3"));
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->exit_code, 3);
    EXPECT_EQ(result->output, "out\n");
    EXPECT_EQ(result->error_output, "err\n");
    EXPECT_FALSE(result->succeeded());
}

TEST(Process, SeesOnlyTheEnvironmentGiven) {
    ProcessRequest request;
    request.argv = {"/usr/bin/env"};
    request.environment = {{"ONLY", "this one"}};
    EXPECT_EQ(run_process(request)->output, "ONLY=this one\n");
}

TEST(Process, FeedsInputLargerThanAPipe) {
    ProcessRequest request;
    request.argv = {"/usr/bin/wc", "-c"};
    request.input = std::string(3'000'000, 'x');
    EXPECT_EQ(run_process(request)->output, "3000000\n");
}

TEST(Process, AChildThatReadsNothingDoesNotHoldUs) {
    ProcessRequest request = script("exit 0");
    request.input = std::string(3'000'000, 'x');
    EXPECT_TRUE(run_process(request)->succeeded());
}

TEST(Process, HandsOutLines) {
    ProcessRequest request = script("printf 'a\\nbb\\nlast'");
    std::vector<std::string> lines;
    request.on_line = [&](std::string_view line) -> Status {
        lines.emplace_back(line);
        return {};
    };
    ASSERT_TRUE(run_process(request));
    EXPECT_THAT(lines, testing::ElementsAre("a", "bb", "last"));
}

TEST(Process, BoundsItsOutput) {
    ProcessRequest request = script("yes");
    request.output_bytes_max = 10'000;
    const auto result = run_process(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::TooLarge);
}

TEST(Process, KeepsTheEndOfTheErrors) {
    ProcessRequest request = script("yes | head -c 100000 >&2; echo end >&2");
    request.error_bytes_max = 100;
    const auto result = run_process(request);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->error_output.size(), 100);
    EXPECT_TRUE(result->error_output.ends_with("end\n"));
}

// The grandchild holds the pipe open; without the group's death this would take 60 seconds.
TEST(Process, TheDeadlineEndsTheWholeGroup) {
    ProcessRequest request = script("sleep 60 & sleep 60");
    request.deadline = milliseconds(100);
    const auto begin = std::chrono::steady_clock::now();
    const auto result = run_process(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Timeout);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Process, ALeaderThatEndsTakesItsGroupAlong) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = run_process(script("sleep 60 & echo done"));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->output, "done\n");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Process, AStopTokenEndsIt) {
    std::stop_source stop;
    ProcessRequest request = script("echo up; sleep 60");
    request.on_line = [&](std::string_view) -> Status {
        stop.request_stop();
        return {};
    };
    const auto result = run_process(request, stop.get_token());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
}

TEST(Process, EndsWhenTheClientGoesAway) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ProcessRequest request = script("echo up; sleep 60");
    request.abandoned_by = ends[0];
    request.on_line = [&](std::string_view) -> Status {
        ::close(ends[1]);
        return {};
    };
    const auto result = run_process(request);
    ::close(ends[0]);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
}

TEST(Process, AMissingProgramIsNamed) {
    ProcessRequest request;
    request.argv = {"/nonexistent/program"};
    const auto result = run_process(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::NotFound);
    EXPECT_THAT(result.error().message, testing::HasSubstr("/nonexistent/program"));
    request.argv = {"relative"};
    EXPECT_EQ(run_process(request).error().code, ErrorCode::InvalidInput);
}

TEST(Process, LimitsHold) {
    ProcessRequest request = script("ulimit -n; ulimit -v; ulimit -f; ulimit -c");
    request.limits = {.memory_bytes_max = 1 << 30,
                      .cpu_seconds_max = 5,
                      .file_bytes_max = 1 << 20,
                      .open_files_max = 32};
    EXPECT_EQ(run_process(request)->output, "32\n1048576\n2048\n0\n");
    request.argv.back() = "grep NoNewPrivs /proc/self/status";
    EXPECT_EQ(run_process(request)->output, "NoNewPrivs:\t1\n");
}

TEST(Process, ASignalIsNotAnExitCode) {
    const auto result = run_process(script("kill -9 $$"));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->signal, SIGKILL);
    EXPECT_EQ(result->exit_code, -1);
}

} // namespace
} // namespace pedigree

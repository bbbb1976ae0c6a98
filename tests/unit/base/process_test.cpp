#include "base/process.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

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

bool exists(pid_t process) {
    return ::kill(process, 0) == 0;
}

// Starts a grandchild that leaves the group and the session and that nobody waits for; it says its
// id. The child itself ends on SIGUSR1.
enum class Then { ChildEnds, ChildWaits };

ProcessRequest with_daemon(Then then) {
    const std::string signal = then == Then::ChildEnds ? "-USR1" : "-0"; // 0 does nothing
    return script("trap 'exit 0' USR1; (setsid sh -c 'echo $$; kill " + signal +
                  " '$$'; exec sleep 60' &); sleep 60 & wait");
}

TEST(Process, AGrandchildThatLeftTheGroupEndsWithTheChild) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = run_process(with_daemon(Then::ChildEnds));
    ASSERT_TRUE(result) << result.error().message;
    const pid_t grandchild = std::atoi(result->output.c_str());
    ASSERT_GT(grandchild, 1) << result->output;
    EXPECT_FALSE(exists(grandchild));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Process, AGrandchildThatLeftTheGroupEndsAtTheDeadline) {
    ProcessRequest request = with_daemon(Then::ChildWaits);
    pid_t grandchild = 0;
    request.on_line = [&](std::string_view line) -> Status {
        grandchild = std::atoi(std::string(line).c_str());
        return failure(ErrorCode::TooLarge, "enough"); // ends it like a deadline
    };
    ASSERT_FALSE(run_process(request));
    ASSERT_GT(grandchild, 1);
    EXPECT_FALSE(exists(grandchild));
}

// A stranger that was handed the pipe holds it for ever; here it is this process itself.
TEST(Process, WhoeverHoldsThePipeHoldsUsOnlyForAWhile) {
    ProcessRequest request = script("trap 'exit 0' USR1; echo $$; sleep 60 & wait");
    int held = -1;
    request.on_line = [&](std::string_view line) -> Status {
        if (held < 0) {
            const std::string pipe = "/proc/" + std::string(line) + "/fd/1";
            held = ::open(pipe.c_str(), O_WRONLY | O_CLOEXEC);
            ::kill(std::atoi(std::string(line).c_str()), SIGUSR1);
        }
        return {};
    };
    const auto begin = std::chrono::steady_clock::now();
    const auto result = run_process(request);
    EXPECT_GE(held, 0);
    ::close(held);
    EXPECT_TRUE(result) << result.error().message;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Process, OneThatEndsLeavesAnothersChildrenAlone) {
    std::stop_source stop;
    ProcessRequest one = with_daemon(Then::ChildWaits);
    pid_t grandchild = 0;
    one.on_line = [&](std::string_view line) -> Status {
        grandchild = std::atoi(std::string(line).c_str());
        EXPECT_TRUE(run_process(script("exit 0"))->succeeded());
        EXPECT_TRUE(exists(grandchild));
        stop.request_stop();
        return {};
    };
    EXPECT_FALSE(run_process(one, stop.get_token()));
    ASSERT_GT(grandchild, 1);
    EXPECT_FALSE(exists(grandchild));
}

// Only tests start children in another way; they stay as well.
TEST(Process, LeavesAloneWhatItDidNotStart) {
    const pid_t stranger = ::fork();
    if (stranger == 0) {
        ::pause();
        ::_exit(0);
    }
    EXPECT_TRUE(run_process(script("exit 0"))->succeeded());
    EXPECT_EQ(::waitpid(stranger, nullptr, WNOHANG), 0);
    ::kill(stranger, SIGKILL);
    ::waitpid(stranger, nullptr, 0);
}

TEST(Process, LeavesNoZombiesAndNoDescriptors) {
    const auto open_descriptors = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
    };
    const auto before = open_descriptors();
    ProcessRequest missing;
    missing.argv = {"/nonexistent/program"};
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(run_process(missing));
        EXPECT_TRUE(run_process(script("exit 0")));
    }
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
}

TEST(Process, TheChildHasNoOtherDescriptorsAndNoTerminal) {
    const int inherited = ::open("/dev/null", O_RDONLY); // not close-on-exec
    const auto result = run_process(script("ls /proc/self/fd; cut -d' ' -f7 /proc/self/stat"));
    ::close(inherited);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->output, "0\n1\n2\n3\n0\n"); // 3 is the folder that ls reads
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

TEST(Process, AProgramThatCannotStartRunsNothingOfOurs) {
    const std::string path = testing::TempDir() + "/pedigree-buffered";
    std::FILE* file = std::fopen(path.c_str(), "w");
    std::fputs("once", file); // stays in the buffer
    ProcessRequest request;
    request.argv = {"/nonexistent/program"};
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(run_process(request));
    }
    std::fclose(file);
    EXPECT_EQ(*read_file(path), "once");
}

TEST(Process, LimitsHold) {
    ProcessRequest request = script("ulimit -n; ulimit -d; ulimit -f; ulimit -c");
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

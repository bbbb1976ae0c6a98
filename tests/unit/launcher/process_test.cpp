// The launcher as a process: what the kubelet, the recorder and a user's script see of it.

#include <sstream>

#include "tests/unit/launcher/launch.h"

namespace pedigree::launcher {
namespace {

TEST(LauncherProcess, gives_the_exit_code_and_the_report_after_the_drain) {
    const Scratch scratch;
    scratch.write("code/hello.txt", "from the image\n");
    Launch launch(scratch, {"--drain-seconds", "60"}, "cat hello.txt; echo wrong >&2; exit 3");
    const auto report = launch.final_report();
    EXPECT_TRUE(launch.running()); // waits for the recorder
    launch.drained();
    EXPECT_EQ(launch.wait(), 3);
    EXPECT_EQ(report.exit_code, 3);
    EXPECT_TRUE(report.started);
    EXPECT_EQ(report.stderr_tail, "wrong\n");
    EXPECT_FALSE(report.hardware.at("cpuModel").empty());
    EXPECT_LT(report.started_at, report.finished_at);
    const std::string log = scratch.read("exchange/log/0000001.out");
    EXPECT_NE(log.find("from the image\n"), std::string::npos);
    EXPECT_NE(log.find("wrong\n"), std::string::npos);
    EXPECT_NE(scratch.read("stdout").find("from the image\n"), std::string::npos);
}

TEST(LauncherProcess, reports_the_end_of_what_was_said_and_no_more) {
    const Scratch scratch;
    Launch launch(scratch, {"--drain-seconds", "60"},
                  "head -c 9000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 3");
    const auto report = launch.final_report();
    launch.drained();
    EXPECT_EQ(launch.wait(), 3);
    EXPECT_EQ(report.stderr_tail.size(), 4096U);
    EXPECT_TRUE(report.stderr_tail.ends_with("xend\n"));
}

// drainSeconds is for standing still: each new sign of the recorder's begins it anew.
TEST(LauncherProcess, waits_as_long_as_the_record_gets_on) {
    const Scratch scratch;
    Launch launch(scratch, {"--drain-seconds", "2"}, "exit 0");
    (void)launch.final_report();
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() < begin + 4s) {
        scratch.write("exchange/draining", "");
        ASSERT_TRUE(launch.running());
        std::this_thread::sleep_for(200ms);
    }
    launch.drained();
    EXPECT_EQ(launch.wait(), 0);
    EXPECT_EQ(scratch.read("stdout").find("did not get on"), std::string::npos);

    const Scratch still;
    Launch left(still, {"--drain-seconds", "1"}, "exit 0");
    still.write("exchange/draining", ""); // once
    EXPECT_EQ(left.wait(), 0);
}

TEST(LauncherProcess, the_working_directory_holds_nothing_of_ours) {
    const Scratch scratch;
    scratch.write("code/train.py", "");
    Launch launch(scratch, {"--drain-seconds", "0"}, "find . -mindepth 1 > ../found");
    EXPECT_EQ(launch.wait(), 0);
    EXPECT_EQ(scratch.read("found"), "./train.py\n");
}

TEST(LauncherProcess, ends_training_at_its_deadline) {
    const Scratch scratch;
    Launch launch(scratch, {"--train-seconds", "1", "--drain-seconds", "0"}, "exec sleep 60");
    EXPECT_EQ(launch.wait(), 128 + SIGTERM);
    EXPECT_EQ(launch.final_report().failure_hint, "DeadlineExceeded");
}

TEST(LauncherProcess, says_what_cannot_be_executed) {
    const Scratch scratch;
    scratch.write("work/x", "");
    const pid_t pid = ::fork();
    if (pid == 0) {
        const std::string work = (scratch.path() / "work").string();
        const std::string exchange = (scratch.path() / "exchange").string();
        ::execl(PEDIGREE_LAUNCH, PEDIGREE_LAUNCH, "--workspace", work.c_str(), "--exchange",
                exchange.c_str(), "--drain-seconds", "0", "--", "no-such-program", nullptr);
        ::_exit(99);
    }
    int state = 0;
    ::waitpid(pid, &state, 0);
    EXPECT_EQ(WEXITSTATUS(state), 127);
    const auto document = parse_json(scratch.read("exchange/report.json"));
    ASSERT_TRUE(document);
    const auto report = records::pod::launcher_report_from(*document);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->started);
    EXPECT_NE(report->error.find("cannot execute \"no-such-program\""), std::string::npos);
}

TEST(LauncherProcess, what_the_command_leaves_running_neither_holds_nor_outlives_it) {
    const Scratch scratch;
    Launch launch(scratch, {"--drain-seconds", "0"}, "sleep 300 & echo $! > stray; exit 0");
    EXPECT_EQ(launch.wait(), 0);
    const pid_t stray = std::stoi(scratch.read("work/stray"));
    EXPECT_EQ(::kill(stray, 0), -1) << "process " << stray << " is still there";
}

// The recorder reads outputs after the last report: nothing may change them any more, whatever
// session it fled to. Each stray makes children of its own as it dies.
TEST(LauncherProcess, all_that_the_command_left_is_dead_before_the_last_report) {
    const Scratch scratch;
    Launch launch(
        scratch, {"--drain-seconds", "60"},
        "setsid sh -c 'trap \"\" HUP TERM; echo $$ >> strays; "
        "(setsid sleep 301 & echo $! >> strays); sleep 302' & "
        "while [ \"$(wc -l < strays 2>/dev/null || echo 0)\" -lt 2 ]; do :; done; exit 5");
    EXPECT_EQ(launch.final_report().exit_code, 5);
    EXPECT_FALSE(launch.final_report().processes_left);
    std::istringstream strays(scratch.read("work/strays"));
    int count = 0;
    for (pid_t stray = 0; strays >> stray; ++count) {
        EXPECT_EQ(::kill(stray, 0), -1) << "process " << stray << " is still there";
    }
    EXPECT_EQ(count, 2);
    launch.drained();
    EXPECT_EQ(launch.wait(), 5);
}

TEST(LauncherProcess, hundred_megabytes_of_output_are_kept_and_counted) {
    const Scratch scratch;
    Launch launch(scratch, {"--drain-seconds", "0"}, "head -c 100000000 /dev/zero; exit 0");
    EXPECT_EQ(launch.wait(), 0);
    const auto report = launch.final_report();
    EXPECT_EQ(report.output_bytes, 100000000);
    EXPECT_EQ(report.dropped_bytes, 0);
    std::uintmax_t kept = 0;
    for (const auto& segment :
         std::filesystem::directory_iterator(scratch.path() / "exchange/log")) {
        kept += segment.file_size();
    }
    EXPECT_EQ(kept, 100000000u);
    EXPECT_GE(std::filesystem::file_size(scratch.path() / "stdout"), 100000000u);
}

} // namespace
} // namespace pedigree::launcher

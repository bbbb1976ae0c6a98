// How a command is stopped: scripts as users write them, and what each has the time to do.

#include "tests/unit/launcher/launch.h"

namespace pedigree::launcher {
namespace {

// Python that does not handle a signal, with a thread, as most training scripts are.
constexpr const char* plain = R"py(
import threading, time
threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
try:
    print("ready", flush=True)
    time.sleep(100)
finally:
    time.sleep(0.5)
    print("orderly end", flush=True)
)py";
constexpr const char* handles_term = R"py(
import signal, sys, time
def save(*_):
    time.sleep(0.5)
    print("saved", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("ready", flush=True)
time.sleep(100)
)py";
// What ClearML's SDK makes of a script: SIGTERM is caught, and nothing follows.
constexpr const char* goes_on = R"py(
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("goes on", flush=True))
try:
    print("ready", flush=True)
    for _ in range(1000):
        time.sleep(0.1)
finally:
    print("orderly end", flush=True)
)py";

struct Stopping {
    Stopping(const std::string& script, const std::string& command, int stop_seconds = 30) {
        scratch.write("code/train.py", script);
        launch.emplace(scratch,
                       std::vector<std::string>{"--stop-seconds", std::to_string(stop_seconds),
                                                "--drain-seconds", "0"},
                       command);
        wait_for_text(scratch, "stdout", "ready");
    }
    int stop() {
        const auto begin = std::chrono::steady_clock::now();
        launch->signal(SIGTERM);
        const int code = launch->wait();
        took = std::chrono::steady_clock::now() - begin;
        output = scratch.read("stdout");
        report = launch->final_report();
        return code;
    }
    bool says(const std::string& text) const { return output.find(text) != std::string::npos; }

    Scratch scratch;
    std::optional<Launch> launch;
    std::chrono::steady_clock::duration took{};
    std::string output;
    records::pod::LauncherReport report;
};

TEST(Stop, a_script_that_handles_nothing_ends_in_order) {
    Stopping script(plain, "exec python3 train.py");
    EXPECT_EQ(script.stop(), 128 + SIGINT);
    EXPECT_TRUE(script.says("KeyboardInterrupt"));
    EXPECT_TRUE(script.says("orderly end"));
    EXPECT_TRUE(script.report.error.starts_with("stopped by SIGINT: SIGINT at 0.0 s, ended at "))
        << script.report.error;
    EXPECT_TRUE(script.says(script.report.error));
}

TEST(Stop, a_script_that_handles_term_gets_it_alone) {
    Stopping script(handles_term, "exec python3 train.py");
    EXPECT_EQ(script.stop(), 0);
    EXPECT_TRUE(script.says("saved"));
    EXPECT_FALSE(script.says("KeyboardInterrupt"));
    EXPECT_TRUE(script.report.error.starts_with("stopped by SIGTERM: "));
}

TEST(Stop, below_a_shell_it_has_its_time_and_no_further_command_begins) {
    for (const auto& [script, last, by] : {std::tuple{plain, "orderly end", "stopped by SIGINT: "},
                                           {handles_term, "saved", "stopped by SIGTERM: "}}) {
        Stopping stopping(script, "sh -c 'python3 train.py; echo next'; echo further");
        EXPECT_EQ(stopping.stop(), 128 + SIGTERM);
        EXPECT_TRUE(stopping.says(last)) << stopping.output;
        EXPECT_FALSE(stopping.says("next") || stopping.says("further")) << stopping.output;
        EXPECT_FALSE(stopping.report.processes_left);
        EXPECT_TRUE(stopping.report.error.starts_with(by)) << stopping.report.error;
        EXPECT_LT(stopping.took, 10s);
    }
}

TEST(Stop, the_last_lines_pass_through_a_pipe) {
    Stopping script(plain, "python3 train.py 2>&1 | tee log.txt");
    script.stop();
    EXPECT_TRUE(script.says("orderly end"));
    EXPECT_NE(script.scratch.read("work/log.txt").find("orderly end"), std::string::npos);
    EXPECT_NE(script.scratch.read("work/log.txt").find("KeyboardInterrupt"), std::string::npos);
}

TEST(Stop, who_takes_term_and_goes_on_gets_int_after_a_third) {
    Stopping script(goes_on, "exec python3 train.py", 3);
    EXPECT_EQ(script.stop(), 128 + SIGINT);
    EXPECT_TRUE(script.says("goes on"));
    EXPECT_TRUE(script.says("orderly end"));
    EXPECT_TRUE(script.report.error.starts_with(
        "stopped by SIGINT: SIGTERM at 0.0 s, SIGINT at 1.0 s, ended at "))
        << script.report.error;
    EXPECT_GE(script.took, 1s);
}

TEST(Stop, who_ignores_both_is_killed_when_the_time_is_over) {
    Stopping script("", "trap '' TERM INT; echo ready; while :; do sleep 0.05; done", 1);
    EXPECT_EQ(script.stop(), 128 + SIGKILL);
    EXPECT_GE(script.took, 900ms);
    EXPECT_EQ(script.report.signal, SIGKILL);
    EXPECT_TRUE(script.report.error.starts_with("stopped by SIGKILL: SIGTERM at 0.0 s, SIGINT at "))
        << script.report.error;
}

TEST(Stop, below_a_shell_it_is_killed_when_the_time_is_over) {
    Stopping script(R"py(
import signal, time
signal.signal(signal.SIGTERM, lambda *_: None)
signal.signal(signal.SIGINT, lambda *_: None)
print("ready", flush=True)
while True:
    time.sleep(0.1)
)py",
                    "python3 train.py; true", 2);
    EXPECT_EQ(script.stop(), 128 + SIGTERM); // the shell's
    EXPECT_GE(script.took, 1900ms);
    EXPECT_LT(script.took, 8s);
    EXPECT_TRUE(script.report.error.starts_with("stopped by SIGKILL: ")) << script.report.error;
}

// A shell without job control lets what it begins with `&` ignore SIGINT, and Python leaves it so.
TEST(Stop, who_ignores_int_in_the_background_gets_term) {
    Stopping script(plain, "python3 train.py & wait");
    EXPECT_EQ(script.stop(), 128 + SIGTERM);
    EXPECT_LT(script.took, 5s);
    EXPECT_TRUE(script.report.error.starts_with("stopped by SIGTERM: ")) << script.report.error;
}

TEST(Stop, a_shells_trap_is_its_own) {
    Stopping script("",
                    "trap 'sleep 1; echo saved; exit 0' TERM; echo ready; "
                    "while :; do sleep 0.05; done",
                    2);
    EXPECT_EQ(script.stop(), 0);
    EXPECT_TRUE(script.says("saved"));
}

// A PyTorch loader's worker dies of SIGTERM; who saves needs it.
TEST(Stop, the_workers_of_a_script_that_saves_live_on) {
    Stopping script(R"py(
import os, signal, sys, time
to, back = os.pipe(), os.pipe()
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.read(to[0], 1)
    os.write(back[1], b"batch")
    os._exit(0)
os.close(back[1])
def save(*_):
    time.sleep(0.3)
    os.write(to[1], b"?")
    print("saved", os.read(back[0], 5).decode(), flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("ready", flush=True)
time.sleep(100)
)py",
                    "exec python3 train.py");
    EXPECT_EQ(script.stop(), 0);
    EXPECT_TRUE(script.says("saved batch")) << script.output;
}

// multiprocessing waits for children at its end: they must hear of it.
TEST(Stop, children_of_an_interrupted_script_are_interrupted) {
    Stopping script(R"py(
import multiprocessing, time
def work():
    print("ready", flush=True)
    time.sleep(100)
child = multiprocessing.Process(target=work)
child.start()
child.join()
)py",
                    "exec python3 train.py");
    EXPECT_EQ(script.stop(), 128 + SIGINT);
    EXPECT_LT(script.took, 10s);
}

// As W&B's, to which a script at its end gives what it still has.
TEST(Stop, a_service_in_a_session_of_its_own_hears_of_nothing) {
    Stopping script(R"py(
import subprocess, sys, time
service = subprocess.Popen([sys.executable, "-c", "print(input(), 'taken', flush=True)"],
                           stdin=subprocess.PIPE, start_new_session=True)
try:
    time.sleep(0.3)
    print("ready", flush=True)
    time.sleep(100)
finally:
    service.communicate(b"rows\n")
)py",
                    "exec python3 train.py");
    EXPECT_EQ(script.stop(), 128 + SIGINT);
    EXPECT_TRUE(script.says("rows taken")) << script.output;
}

TEST(Stop, what_asks_a_second_time_breaks_no_orderly_end) {
    Stopping script(plain, "exec python3 train.py");
    script.launch->signal(SIGTERM);
    std::this_thread::sleep_for(200ms); // within its last half second
    script.launch->signal(SIGINT);
    EXPECT_EQ(script.stop(), 128 + SIGINT);
    EXPECT_TRUE(script.says("orderly end"));
}

} // namespace
} // namespace pedigree::launcher

// Who is asked to stop, decided from what /proc says.

#include "launcher/asked.h"

#include <csignal>
#include <filesystem>
#include <map>

#include <gtest/gtest.h>

#include "tests/fakes/scratch.h"

namespace pedigree::launcher {
namespace {

constexpr int first_pid = 10; // of the command, whose process group it is
enum class Catches { Nothing, Int, Term, Both };

Process process(pid_t pid, pid_t parent, const std::string& program, Catches catches,
                pid_t group = first_pid) {
    return {pid,
            parent,
            group,
            program,
            catches == Catches::Term || catches == Catches::Both,
            catches == Catches::Int || catches == Catches::Both};
}

// By pid, with a "+" for who is waited for.
std::map<pid_t, std::string> asks_of(const std::vector<Process>& all, Step step,
                                     const std::vector<pid_t>& roots = {first_pid}) {
    std::map<pid_t, std::string> out;
    for (const Ask& ask : asked(all, roots, step)) {
        out[ask.pid] =
            (ask.signal == SIGINT ? "INT" : "TERM") + std::string(ask.is_waited_for ? "+" : "");
    }
    return out;
}
using Asks = std::map<pid_t, std::string>;

TEST(Asked, WhoCatchesTermGetsItAndPythonByItselfGetsInt) {
    for (const auto& [catches, once, again] :
         {std::tuple{Catches::Int, "INT+", "INT+"}, {Catches::Both, "TERM+", "INT+"}}) {
        const std::vector<Process> all{process(1, 0, "pedigree-launch", Catches::Nothing),
                                       process(10, 1, "python3.11", catches)};
        EXPECT_EQ(asks_of(all, Step::First), (Asks{{10, once}}));
        EXPECT_EQ(asks_of(all, Step::Again), (Asks{{10, again}}));
    }
}

TEST(Asked, WhoWouldDieOfIntKeepsItsTime) {
    const std::vector<Process> all{process(10, 1, "trainer", Catches::Term)};
    EXPECT_EQ(asks_of(all, Step::First), (Asks{{10, "TERM+"}}));
    EXPECT_EQ(asks_of(all, Step::Again), Asks{});
}

// tini 78, adaptdl 105: the shell is gone at once, what it started is what was asked.
TEST(Asked, BelowAShellIsAskedWhatItStarted) {
    const std::vector<Process> all{
        process(10, 1, "dash", Catches::Nothing), process(11, 10, "bash", Catches::Int),
        process(12, 11, "python3.11", Catches::Int), process(13, 10, "tee", Catches::Nothing)};
    EXPECT_EQ(asks_of(all, Step::First), (Asks{{10, "TERM"}, {11, "TERM"}, {12, "INT+"}}));
    EXPECT_EQ(asks_of(all, Step::Again), (Asks{{12, "INT+"}}));
    EXPECT_EQ(asks_of({all[2]}, Step::Again, {12, 10}), (Asks{{12, "INT+"}})); // its shell is gone
}

TEST(Asked, EachGetsWhatItCatches) {
    const std::vector<Process> all{
        process(10, 1, "bash", Catches::Term), process(11, 10, "python3.11", Catches::Int),
        process(12, 10, "python3.11", Catches::Both), process(13, 10, "sleep", Catches::Nothing)};
    EXPECT_EQ(asks_of(all, Step::First), (Asks{{10, "TERM"}, {11, "INT+"}, {12, "TERM+"}}));
}

TEST(Asked, WhatPassesSignalsOnIsPassedOver) {
    const std::vector<Process> all{process(10, 1, "tini", Catches::Nothing),
                                   process(11, 10, "timeout", Catches::Both),
                                   process(12, 11, "python3.11", Catches::Int)};
    EXPECT_EQ(asks_of(all, Step::First), (Asks{{12, "INT+"}}));
}

// pytorch-lightning 17899: the loader's workers die of a SIGTERM that was for the script.
TEST(Asked, TermIsNotForChildrenOfWhoCatchesIt) {
    const std::vector<Process> all{process(10, 1, "python3.11", Catches::Both),
                                   process(11, 10, "python3.11", Catches::Both)};
    EXPECT_EQ(asks_of(all, Step::First), (Asks{{10, "TERM+"}}));
    EXPECT_EQ(asks_of(all, Step::Again), (Asks{{10, "INT+"}, {11, "INT"}}));
}

// wandb 9963: its service ends at once, and the run with it.
TEST(Asked, IntIsForTheProcessGroupAndNoOtherSession) {
    const std::vector<Process> all{process(10, 1, "python3.11", Catches::Int),
                                   process(11, 10, "python3.11", Catches::Int),
                                   process(12, 10, "wandb-core", Catches::Both, 12)};
    EXPECT_EQ(asks_of(all, Step::First), (Asks{{10, "INT+"}, {11, "INT"}}));
}

TEST(Asked, WhereNobodyCatchesAnythingAllAreAsked) {
    const std::vector<Process> nothing{process(10, 1, "dash", Catches::Nothing),
                                       process(11, 10, "sleep", Catches::Nothing)};
    EXPECT_EQ(asks_of(nothing, Step::First), (Asks{{10, "TERM"}, {11, "TERM"}}));
    EXPECT_EQ(asks_of(nothing, Step::Again), (Asks{{10, "INT"}, {11, "INT"}}));
    const std::vector<Process> trapped{process(10, 1, "dash", Catches::Term),
                                       process(11, 10, "cp", Catches::Nothing)};
    EXPECT_EQ(asks_of(trapped, Step::First), (Asks{{10, "TERM+"}, {11, "TERM"}}));
    EXPECT_EQ(asks_of(trapped, Step::Again), Asks{}); // what the trap saves has its time
}

TEST(Asked, APictureOfProcessesThatIsNoTreeComesToAnEnd) {
    const std::vector<Process> all{process(10, 11, "bash", Catches::Nothing),
                                   process(11, 10, "bash", Catches::Nothing)};
    EXPECT_EQ(asks_of(all, Step::First).size(), 2u);
    EXPECT_TRUE(asked({}, {10}, Step::First).empty());
}

TEST(Processes, AreReadFromProc) {
    const Scratch scratch;
    const auto write = [&](const std::string& pid, const std::string& stat,
                           const std::string& caught) {
        scratch.write(pid + "/stat", stat);
        scratch.write(pid + "/status", "Name:\tx\nSigIgn:\t0000000000004002\n" + caught);
    };
    write("7", "7 (a (b) 1) S 3 6 5 0 -1", "SigCgt:\t0000000000004000\n");
    write("8", "8 (x) R 7 8 8 0", "SigCgt:\t0000000100000002\n");
    write("9", "9 (z) Z 7 6 5 0", "SigCgt:\t0000000000004002\n");
    write("11", "11 (y) S 7 6 5 0", ""); // a kernel that does not say
    write("sys", "12 (y) S 7 6 5 0", "");
    scratch.write("13/status", ""); // it has just ended
    std::filesystem::create_symlink("/usr/bin/bash", scratch.path() / "7/exe");
    std::map<pid_t, Process> found;
    for (const Process& one : read_processes(scratch.path())) {
        found[one.pid] = one;
    }
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[7].parent, 3);
    EXPECT_EQ(found[7].group, 6);
    EXPECT_EQ(found[7].program, "bash");
    EXPECT_TRUE(found[7].catches_term);
    EXPECT_FALSE(found[7].catches_int);
    EXPECT_FALSE(found[8].catches_term);
    EXPECT_TRUE(found[8].catches_int);
    EXPECT_FALSE(found[11].catches_term || found[11].catches_int);
    EXPECT_TRUE(read_processes(scratch.path() / "none").empty());
}

} // namespace
} // namespace pedigree::launcher

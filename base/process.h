#pragma once
// Runs a program by its argument vector and waits for it: never a shell, the whole environment
// given, output bounded, ended by deadline, stop token or the loss of whoever wanted the result.
// The child leads a session of its own without a terminal, gets no new privileges and only
// descriptors 0 to 2, and dies with the calling thread. With it ends all that it started, also what
// left its process group: a grandchild holds neither a pipe nor this call. Any thread may call.
//
//     TRY(const ProcessResult git, run_process({.argv = {"/usr/bin/git", "--version"},
//                                               .environment = {{"LC_ALL", "C"}},
//                                               .deadline = std::chrono::seconds(5)}, stop));
//     if (!git.succeeded()) { ... git.error_output ... }
//
// How: Boost.Process v2 starts it (base/child_process.cpp, its only user), a pidfd tells its end.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pedigree {

struct ProcessLimits {                  // rlimits; 0: as inherited
    std::uint64_t memory_bytes_max = 0; // private and writable, of each process
    std::uint64_t cpu_seconds_max = 0;
    std::uint64_t file_bytes_max = 0; // of each file it writes
    std::uint64_t open_files_max = 0;
};

struct ProcessRequest {
    std::vector<std::string> argv; // argv[0] is an absolute path
    std::map<std::string, std::string> environment;
    std::filesystem::path working_directory = "/";
    std::string input;                          // standard input, then its end
    std::size_t output_bytes_max = 1024 * 1024; // more on standard output is TooLarge
    std::size_t error_bytes_max = 64 * 1024;    // of standard error only the last are kept
    // Takes standard output line by line, without the line feed, instead of ProcessResult::output;
    // output_bytes_max then bounds one line. An error ends the child with that error.
    std::function<Status(std::string_view line)> on_line;
    std::chrono::milliseconds deadline{60000};
    std::optional<int> abandoned_by; // a socket; when its other side closes, the child is ended
    ProcessLimits limits;
};

struct ProcessResult {
    int exit_code = 0; // -1 when a signal ended it
    int signal = 0;
    std::string output;
    std::string error_output;

    bool succeeded() const { return exit_code == 0 && signal == 0; }
};

// NotFound or Forbidden: the program cannot be started. Timeout, Cancelled, TooLarge: it was
// killed. That the program failed is not an Error but a ProcessResult.
Result<ProcessResult> run_process(const ProcessRequest& request, std::stop_token stop = {});

} // namespace pedigree

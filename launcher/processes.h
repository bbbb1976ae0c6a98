#pragma once
// The processes of this container and what each does with the signals that end one, as /proc says
// it. Where /proc does not say (a sandbox may leave it out), a process catches nothing.

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace pedigree::launcher {

struct Process {
    pid_t pid = -1;
    pid_t parent = -1;
    pid_t group = -1;
    std::string program; // the file name of what it executes: a script's is its interpreter's
    bool catches_term = false;
    bool catches_int = false; // Python does by itself: KeyboardInterrupt
};

// Without those that have ended and wait for their parent.
std::vector<Process> read_processes(const std::filesystem::path& proc = "/proc");

} // namespace pedigree::launcher

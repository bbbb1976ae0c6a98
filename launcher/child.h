#pragma once
// The user's command as a child process in a process group of its own, its output on two pipes.

#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace pedigree::launcher {

struct Child {
    pid_t pid = -1; // also its process group
    int standard_output = -1;
    int standard_error = -1;
};

// Starts argv[0] (looked for in PATH) with default signal handling. NotFound or Forbidden if it
// cannot be executed, with what to do. The descriptors do not block and belong to the caller.
Result<Child> start_command(const std::vector<std::string>& command);

} // namespace pedigree::launcher

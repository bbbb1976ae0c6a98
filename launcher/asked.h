#pragma once
// Who is asked to stop, and by which signal. Pure.
//
// A tracker's SDK ends its run in order when Python raises KeyboardInterrupt, which SIGINT does;
// SIGTERM ends a script that does not catch it at once, and with it the rows of the last seconds.
// So who catches SIGTERM gets that, who catches SIGINT alone gets SIGINT.
//
// SIGTERM is for who catches it alone, as a kubelet's is for the first process: a PyTorch loader's
// workers die of it, and the script with them while it saves. SIGINT is for all of its process
// group that catch it, as a terminal's is: multiprocessing waits for children that were not told.
// A program in a session of its own, as W&B's service, gets neither.

#include <vector>

#include <sys/types.h>

#include "launcher/processes.h"

namespace pedigree::launcher {

enum class Step { First, Again };

struct Ask {
    pid_t pid = -1;
    int signal = 0;
    // It ends in order: what it does then is waited for, also when the command, a shell, is gone.
    bool is_waited_for = false;
};

// Found from `roots` down: the first that catch either signal. A shell waits for what it started,
// so the search goes on below it; it gets SIGTERM beside that, or it would begin its next command.
// What passes signals on (tini, timeout) is passed over: it ends with its child.
//
// Again: a script may catch SIGTERM and go on (one that uses ClearML does): SIGINT for those that
// catch it. Who does not catch it keeps its time.
//
// Where nothing but a shell catches either, everybody gets SIGTERM; again, SIGINT, unless a shell
// has a trap for SIGTERM: it keeps its time. Empty: nobody, or `all` does not know the roots.
std::vector<Ask> asked(const std::vector<Process>& all, const std::vector<pid_t>& roots, Step step);

} // namespace pedigree::launcher

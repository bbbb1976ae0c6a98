#pragma once
// One started child process: its three pipes, its end, and the end of all that it leaves behind.
// run_process (base/process.h) is what others use; this is the part of it that starts and ends.
//
// The child leads a session and a process group of its own, has no terminal, no new privileges, no
// core file, no descriptor but 0 to 2, and dies with the thread that started it. What it starts
// stays below it: it adopts its own orphans, and this process adopts them when it ends
// (PR_SET_CHILD_SUBREAPER, prctl(2)), so a grandchild that left the group is still found and
// killed. That rests on a law: every child of this process is started here (tests/tidy,
// "processes").
//
// Any thread may start a child; one thread at a time uses it.

#include <set>

#include <sys/types.h>

#include "base/descriptor.h"
#include "base/process.h"

namespace pedigree {

class ChildProcess {
  public:
    // Reads argv, environment, working_directory and limits of the request. NotFound or Forbidden:
    // the program cannot be started; the message names it.
    static Result<ChildProcess> start(const ProcessRequest& request);
    // Ends it if nobody did.
    ~ChildProcess();
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;

    Descriptor input, output, error_output; // our ends of its pipes

    // Readable (poll) once the child has ended; it is not reaped by that.
    int exit_descriptor() const { return exit_signal_.get(); }
    // Kills the group if it still runs, reaps the child, kills and reaps what it leaves. Gives the
    // status as waitpid does. Afterwards nothing of it holds a pipe, but for what the kernel cannot
    // kill at once and what handed its descriptor to a stranger.
    int end();

  private:
    ChildProcess() = default;

    pid_t pid_ = -1;
    Descriptor exit_signal_; // a pidfd
    // Children of this process that somebody else had started before: never ended with this one.
    std::set<pid_t> strangers_;
};

} // namespace pedigree

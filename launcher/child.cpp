#include "launcher/child.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

#include "base/errno_text.h"

namespace pedigree::launcher {
namespace {

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return failure(ErrorCode::Unavailable, std::string("cannot make a pipe: ") + errno_text());
    }
    return Pipe{ends[0], ends[1]};
}

[[noreturn]] void become_command(std::vector<char*>& argv, const Pipe& out, const Pipe& err,
                                 const Pipe& problem) {
    ::setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL); // the launcher ignores it; ignoring is inherited
    ::dup2(out.write_end, STDOUT_FILENO);
    ::dup2(err.write_end, STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    const int number = errno;
    [[maybe_unused]] const auto told = ::write(problem.write_end, &number, sizeof number);
    ::_exit(127);
}

tl::unexpected<Error> exec_failure(const std::string& program, int number) {
    const bool absent = number == ENOENT;
    return failure(absent ? ErrorCode::NotFound : ErrorCode::Forbidden,
                   "cannot execute \"" + program + "\": " + errno_text(number) +
                       (absent ? "; is it in the image and in PATH?"
                               : "; is it a program for this machine, with mode 755?"));
}

} // namespace

Result<Child> start_command(const std::vector<std::string>& command) {
    std::vector<char*> argv;
    for (const auto& argument : command) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    TRY(const Pipe out, make_pipe());
    TRY(const Pipe err, make_pipe());
    TRY(const Pipe problem, make_pipe());
    const pid_t pid = ::fork();
    if (pid < 0) {
        return failure(ErrorCode::Unavailable, std::string("cannot fork: ") + errno_text());
    }
    if (pid == 0) {
        become_command(argv, out, err, problem);
    }
    ::setpgid(pid, pid); // both sides set it: whoever comes first
    ::close(out.write_end);
    ::close(err.write_end);
    ::close(problem.write_end);
    int number = 0;
    const ssize_t told = ::read(problem.read_end, &number, sizeof number);
    ::close(problem.read_end);
    if (told == sizeof number) {
        ::close(out.read_end);
        ::close(err.read_end);
        return exec_failure(command.front(), number);
    }
    ::fcntl(out.read_end, F_SETFL, O_NONBLOCK);
    ::fcntl(err.read_end, F_SETFL, O_NONBLOCK);
    return Child{pid, out.read_end, err.read_end};
}

} // namespace pedigree::launcher

#include "base/process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"

namespace pedigree {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t pipe_read_bytes = 64 * 1024;

tl::unexpected<Error> system_failure(std::string_view doing, const std::string& program) {
    const int number = errno;
    const ErrorCode code = number == ENOENT                      ? ErrorCode::NotFound
                           : number == EACCES || number == EPERM ? ErrorCode::Forbidden
                                                                 : ErrorCode::Unavailable;
    return failure(code, fmt::format("cannot {} {}: {}", doing, program, std::strerror(number)));
}

struct Pipe {
    Descriptor read_end, write_end;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return system_failure("make a pipe for", "a child process");
    }
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// Pointers for execve into strings that outlive them.
std::vector<char*> pointers_to(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (std::string& text : strings) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

// Everything the child needs, prepared before fork: afterwards only async-signal-safe calls.
struct Exec {
    char* const* argv;
    char* const* environment;
    const char* directory;
    ProcessLimits limits;
    int input, output, error_output, report;
};

void limit(int resource, std::uint64_t value) {
    if (value > 0) {
        const rlimit bound{value, value};
        ::setrlimit(static_cast<__rlimit_resource>(resource), &bound);
    }
}

[[noreturn]] void become(const Exec& exec) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    limit(RLIMIT_AS, exec.limits.memory_bytes_max);
    limit(RLIMIT_CPU, exec.limits.cpu_seconds_max);
    limit(RLIMIT_FSIZE, exec.limits.file_bytes_max);
    limit(RLIMIT_NOFILE, exec.limits.open_files_max);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::dup2(exec.input, 0);
    ::dup2(exec.output, 1);
    ::dup2(exec.error_output, 2);
    ::syscall(SYS_close_range, 3U, ~0U, 1U << 2); // CLOSE_RANGE_CLOEXEC
    if (::chdir(exec.directory) == 0) {
        ::execve(exec.argv[0], exec.argv, exec.environment);
    }
    const int number = errno;
    [[maybe_unused]] const auto written = ::write(exec.report, &number, sizeof number);
    ::_exit(127);
}

// A started child; killed and reaped if nobody waited for its end.
class Child {
  public:
    Child(pid_t pid, Descriptor exit_signal) : pid_(pid), exit_signal_(std::move(exit_signal)) {}
    ~Child() {
        if (pid_ > 0) {
            kill_group();
            reap();
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    int exit_descriptor() const { return exit_signal_.get(); }
    void kill_group() const { ::kill(-pid_, SIGKILL); }
    // The leader is still a zombie while its group is killed, so its id cannot name another group.
    int end() {
        kill_group();
        return reap();
    }

  private:
    int reap() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return status;
    }

    pid_t pid_;
    Descriptor exit_signal_;
};

// What arrives on standard output: a bounded text, or lines for the caller.
class Output {
  public:
    explicit Output(const ProcessRequest& request) : request_(request) {}

    Status take(std::string_view bytes) {
        pending_ += bytes;
        if (request_.on_line) {
            std::size_t begin = 0;
            for (std::size_t end; (end = pending_.find('\n', begin)) != std::string::npos;
                 begin = end + 1) {
                TRY(request_.on_line(std::string_view(pending_).substr(begin, end - begin)));
            }
            pending_.erase(0, begin);
        }
        if (pending_.size() > request_.output_bytes_max) {
            return failure(ErrorCode::TooLarge,
                           fmt::format("{} wrote more than {} bytes", request_.argv.front(),
                                       request_.output_bytes_max));
        }
        return {};
    }
    Status finish() {
        if (request_.on_line && !pending_.empty()) {
            TRY(request_.on_line(pending_));
            pending_.clear();
        }
        return {};
    }
    std::string text() && { return std::move(pending_); }

  private:
    const ProcessRequest& request_;
    std::string pending_;
};

// The parent's side of a running child: feeds, drains and watches until it ends.
class Conversation {
  public:
    Conversation(const ProcessRequest& request, Pipe input, Pipe output, Pipe error_output)
        : request_(request), output_(request), input_(std::move(input.write_end)),
          output_pipe_(std::move(output.read_end)), error_pipe_(std::move(error_output.read_end)) {
        ::fcntl(input_.get(), F_SETFL, O_NONBLOCK);
    }

    Status run(const Child& child, int stop_descriptor, SteadyTime deadline) {
        if (request_.input.empty()) {
            input_.close();
        }
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            if (left.count() <= 0) {
                return failure(ErrorCode::Timeout,
                               fmt::format("{} did not end within {} ms", request_.argv.front(),
                                           request_.deadline.count()));
            }
            // poll ignores negative descriptors, so what is closed drops out by itself.
            std::array<pollfd, 6> watched{{{child.exit_descriptor(), POLLIN, 0},
                                           {stop_descriptor, POLLIN, 0},
                                           {request_.abandoned_by.value_or(-1), POLLRDHUP, 0},
                                           {input_.get(), POLLOUT, 0},
                                           {output_pipe_.get(), POLLIN, 0},
                                           {error_pipe_.get(), POLLIN, 0}}};
            ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
            if (watched[1].revents != 0 || watched[2].revents != 0) {
                return failure(ErrorCode::Cancelled, request_.argv.front() + " was stopped");
            }
            if (watched[3].revents != 0) {
                feed();
            }
            if (watched[4].revents != 0) {
                TRY(drain(output_pipe_, &Conversation::take_output));
            }
            if (watched[5].revents != 0) {
                TRY(drain(error_pipe_, &Conversation::take_error));
            }
            if (watched[0].revents != 0) {
                return {};
            }
        }
    }

    // What the pipes still hold once the group is dead.
    Status finish() {
        while (output_pipe_.valid()) {
            TRY(drain(output_pipe_, &Conversation::take_output));
        }
        while (error_pipe_.valid()) {
            TRY(drain(error_pipe_, &Conversation::take_error));
        }
        return output_.finish();
    }

    ProcessResult result(int status) && {
        ProcessResult result;
        result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        result.output = std::move(output_).text();
        result.error_output = std::move(error_output_);
        return result;
    }

  private:
    Status take_output(std::string_view bytes) { return output_.take(bytes); }
    Status take_error(std::string_view bytes) {
        error_output_ += bytes;
        if (error_output_.size() > request_.error_bytes_max) {
            error_output_.erase(0, error_output_.size() - request_.error_bytes_max);
        }
        return {};
    }

    void feed() {
        const ssize_t count =
            ::write(input_.get(), request_.input.data() + fed_, request_.input.size() - fed_);
        if (count > 0) {
            fed_ += static_cast<std::size_t>(count);
        }
        const bool broken = count < 0 && errno != EAGAIN && errno != EINTR;
        if (broken || fed_ == request_.input.size()) {
            input_.close();
        }
    }

    Status drain(Descriptor& pipe, Status (Conversation::*take)(std::string_view)) {
        std::array<char, pipe_read_bytes> buffer;
        const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            return {};
        }
        if (count <= 0) {
            pipe.close();
            return {};
        }
        return (this->*take)({buffer.data(), static_cast<std::size_t>(count)});
    }

    const ProcessRequest& request_;
    Output output_;
    std::string error_output_;
    std::size_t fed_ = 0;
    Descriptor input_, output_pipe_, error_pipe_;
};

// The number execve failed with, if it did; the pipe closes by itself when it succeeds.
Status started(const Descriptor& report, const std::string& program) {
    int number = 0;
    ssize_t count = 0;
    while ((count = ::read(report.get(), &number, sizeof number)) < 0 && errno == EINTR) {
    }
    if (count == sizeof number) {
        errno = number;
        return system_failure("start", program);
    }
    return {};
}

} // namespace

Result<ProcessResult> run_process(const ProcessRequest& request, std::stop_token stop) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + request.deadline;
    if (request.argv.empty() || !request.argv.front().starts_with('/')) {
        return failure(ErrorCode::InvalidInput, "a program is started by its absolute path");
    }
    // A write to a child that has gone must be an error here, not the end of this process.
    ::signal(SIGPIPE, SIG_IGN);
    std::vector<std::string> argv = request.argv;
    std::vector<std::string> environment;
    for (const auto& [name, value] : request.environment) {
        environment.push_back(name + "=" + value);
    }
    const auto argv_pointers = pointers_to(argv);
    const auto environment_pointers = pointers_to(environment);
    TRY(Pipe input, make_pipe());
    TRY(Pipe output, make_pipe());
    TRY(Pipe error_output, make_pipe());
    TRY(Pipe report, make_pipe());

    const pid_t pid = ::fork();
    if (pid < 0) {
        return system_failure("fork for", argv.front());
    }
    if (pid == 0) {
        become({argv_pointers.data(), environment_pointers.data(),
                request.working_directory.c_str(), request.limits, input.read_end.get(),
                output.write_end.get(), error_output.write_end.get(), report.write_end.get()});
    }
    ::setpgid(pid, pid); // in parent and child alike: whoever comes first
    Child child(pid, Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
    input.read_end.close();
    output.write_end.close();
    error_output.write_end.close();
    report.write_end.close();
    TRY(started(report.read_end, argv.front()));

    const Descriptor stopped(::eventfd(0, EFD_CLOEXEC));
    const std::stop_callback wake(stop, [&] { ::eventfd_write(stopped.get(), 1); });
    Conversation conversation(request, std::move(input), std::move(output),
                              std::move(error_output));
    TRY(conversation.run(child, stopped.get(), deadline));
    const int status = child.end();
    TRY(conversation.finish());
    return std::move(conversation).result(status);
}

} // namespace pedigree

#include "base/child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Otherwise Boost.Process wants Boost.Filesystem, which is a library to link, and whose headers are
// where it has its other words from.
#define BOOST_PROCESS_USE_STD_FS
#include <boost/core/exchange.hpp>
#include <boost/optional.hpp>
#include <boost/type_traits/decay.hpp>
#include <boost/type_traits/is_convertible.hpp>
//
#include <boost/process/v2/process.hpp>

#include "base/children.h"
#include "base/errno_text.h"

namespace pedigree {
namespace {

namespace boost_process = boost::process::v2;
using boost::system::error_code;

tl::unexpected<Error> system_failure(std::string_view doing, const std::string& program,
                                     int number) {
    const ErrorCode code = number == ENOENT                      ? ErrorCode::NotFound
                           : number == EACCES || number == EPERM ? ErrorCode::Forbidden
                                                                 : ErrorCode::Unavailable;
    return failure(code, fmt::format("cannot {} {}: {}", doing, program, errno_text(number)));
}

struct Pipe {
    Descriptor read_end, write_end;
};

Result<Pipe> make_pipe(const std::string& program) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return system_failure("make a pipe for", program, errno);
    }
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// Boost.Process asks for an executor, whose context it tells of the fork: each of its services, out
// of a vector that it allocates in the child. Here nothing is ever executed; the context has no
// service, so that nothing is allocated, and belongs to one start, so that no lock is held by
// another thread. A context of asio's own (io_context, system_context) has a service from the
// beginning.
class Executor {
  public:
    explicit Executor(boost::asio::execution_context& context) : context_(&context) {}

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return *context_;
    }
    template <typename Function>
    void execute(Function&&) const {}
    bool operator==(const Executor& other) const noexcept { return context_ == other.context_; }
    bool operator!=(const Executor& other) const noexcept { return context_ != other.context_; }

  private:
    boost::asio::execution_context* context_;
};

void limit(int resource, std::uint64_t value) {
    if (value > 0) {
        const rlimit bound{value, value};
        ::setrlimit(static_cast<__rlimit_resource>(resource), &bound);
    }
}

// What Boost.Process calls on its way. on_exec_setup and on_exec_error run between fork and exec,
// where other threads are gone but their locks are not: async-signal-safe calls alone
// (signal-safety(7)), on what was prepared before.
struct Initializer {
    const char* const* environment;
    const char* directory;
    ProcessLimits limits;
    int input, output, error_output;

    template <typename Launcher>
    error_code on_setup(Launcher& launcher, const std::filesystem::path&, const char* const*) {
        launcher.env = environment; // or it would be this process's own
        return {};
    }

    template <typename Launcher>
    error_code on_exec_setup(Launcher&, const std::filesystem::path&, const char* const*) {
        ::setsid();
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        sigset_t none;
        sigemptyset(&none);
        ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
        ::signal(SIGPIPE, SIG_DFL);
        limit(RLIMIT_DATA, limits.memory_bytes_max);
        limit(RLIMIT_CPU, limits.cpu_seconds_max);
        limit(RLIMIT_FSIZE, limits.file_bytes_max);
        limit(RLIMIT_NOFILE, limits.open_files_max);
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        const bool ready = ::dup2(input, 0) == 0 && ::dup2(output, 1) == 1 &&
                           ::dup2(error_output, 2) == 2 && ::chdir(directory) == 0;
        // Boost.Process 1.81 closes what lies above its own pipe, and nothing between 2 and that;
        // of that pipe it makes one end close-on-exec only after another thread may have forked.
        ::syscall(SYS_close_range, 3U, ~0U, 1U << 2); // CLOSE_RANGE_CLOEXEC
        return ready ? error_code() : error_code(errno, boost::system::system_category());
    }

    // The error has been written to the parent. Boost.Process would go on to exit, which runs
    // this process's destructors and writes its buffers a second time. It looks for this function
    // with other arguments than it calls it with.
    template <typename... Ignored>
    void on_exec_error(Ignored&&...) {
        ::_exit(127);
    }
};

// The names and values as execve wants them.
std::vector<std::string> environment_of(const ProcessRequest& request) {
    std::vector<std::string> environment;
    for (const auto& [name, value] : request.environment) {
        environment.push_back(fmt::format("{}={}", name, value));
    }
    return environment;
}

std::vector<const char*> pointers_to(const std::vector<std::string>& strings) {
    std::vector<const char*> pointers;
    for (const std::string& text : strings) {
        pointers.push_back(text.c_str());
    }
    pointers.push_back(nullptr);
    return pointers;
}

// Forks and executes; the process's id, or the error number that it failed with.
Result<pid_t> launch(const ProcessRequest& request, Initializer initializer) {
    const std::string& program = request.argv.front();
    const std::vector<std::string> arguments(request.argv.begin() + 1, request.argv.end());
    boost::asio::execution_context context;
    boost_process::posix::default_launcher launcher;
    error_code problem;
    try {
        auto process = launcher(Executor(context), problem, std::filesystem::path(program),
                                arguments, initializer);
        // Its destructor would wait for the id once more, which may be another child's by then.
        process.detach();
    } catch (const std::exception& error) { // asio could not watch the child
        problem = error_code(ENOMEM, boost::system::system_category());
    }
    if (!problem) {
        return launcher.pid;
    }
    if (launcher.pid > 0) { // Boost.Process leaves a child that could not execute unreaped
        ::kill(launcher.pid, SIGKILL);
        ::waitpid(launcher.pid, nullptr, 0);
    }
    return system_failure("start", program, problem.value());
}

} // namespace

Result<ChildProcess> ChildProcess::start(const ProcessRequest& request) {
    // A write to a child that has gone must be an error here, not the end of this process.
    ::signal(SIGPIPE, SIG_IGN);
    const std::string& program = request.argv.front();
    const std::vector<std::string> environment = environment_of(request);
    const std::vector<const char*> environment_pointers = pointers_to(environment);
    TRY(Pipe input, make_pipe(program));
    TRY(Pipe output, make_pipe(program));
    TRY(Pipe error_output, make_pipe(program));
    ChildProcess child;
    TRY(child.pid_, Children::add(child.strangers_, [&] {
            return launch(request, {environment_pointers.data(), request.working_directory.c_str(),
                                    request.limits, input.read_end.get(), output.write_end.get(),
                                    error_output.write_end.get()});
        }));
    child.exit_signal_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid_, 0)));
    child.input = std::move(input.write_end);
    child.output = std::move(output.read_end);
    child.error_output = std::move(error_output.read_end);
    if (!child.exit_signal_.valid()) {
        return system_failure("watch", program, errno);
    }
    return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : input(std::move(other.input)), output(std::move(other.output)),
      error_output(std::move(other.error_output)), pid_(std::exchange(other.pid_, -1)),
      exit_signal_(std::move(other.exit_signal_)), strangers_(std::move(other.strangers_)) {}

ChildProcess::~ChildProcess() {
    if (pid_ > 0) {
        end();
    }
}

int ChildProcess::end() {
    // The leader is at least a zombie while its group is killed: its id names no other group.
    ::kill(-pid_, SIGKILL);
    pollfd ended{exit_signal_.get(), POLLIN, 0};
    while (exit_signal_.valid() && ::poll(&ended, 1, -1) < 0 && errno == EINTR) {
    }
    return Children::remove(std::exchange(pid_, -1), strangers_);
}

} // namespace pedigree

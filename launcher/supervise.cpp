#include "launcher/supervise.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "launcher/code.h"
#include "launcher/hardware.h"
#include "launcher/hints.h"
#include "launcher/others.h"
#include "launcher/proxy.h"
#include "launcher/report.h"
#include "launcher/told.h"
#include "launcher/user.h"
#include "records/pod/config.h"

namespace pedigree::launcher {
namespace {

using namespace std::chrono_literals;

constexpr auto seal_every = 2s; // how far behind a followed log may be
constexpr auto report_every = 5s;
constexpr auto others_end_max = 10s; // one that hangs in the kernel does not hold the pod for ever
constexpr auto ending_look_every = 100ms; // at who is no child of ours
constexpr auto drain_look_every = 50ms;
constexpr std::size_t stderr_tail_bytes_max = 4096;
constexpr int exit_cannot_execute = 126;
constexpr int exit_not_found = 127;
constexpr int exit_signal_base = 128;

void say(const std::string& text) {
    const std::string line = "pedigree-launch: " + text + "\n";
    [[maybe_unused]] const auto count = ::write(STDERR_FILENO, line.data(), line.size());
}

void write_through(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return; // nobody reads the pod's log: the command must not notice
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::int64_t milliseconds(const timeval& time) {
    return time.tv_sec * 1000 + time.tv_usec / 1000;
}

// NOLINTBEGIN(concurrency-mt-unsafe): the launcher has one thread
void set_variables(const std::filesystem::path& workspace) {
    std::ifstream file("/etc/passwd");
    std::ostringstream passwd;
    passwd << file.rdbuf();
    for (const auto& [name, value] :
         missing_user_variables(current_environment(), passwd.str(), ::getuid(), workspace)) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    for (const auto& [name, value] : loopback_exceptions(current_environment())) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    // Python holds back what it prints to a pipe: a followed log would stand still for minutes.
    ::setenv("PYTHONUNBUFFERED", "1", 0);
}

int signal_descriptor() {
    sigset_t handled;
    sigemptyset(&handled);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD}) {
        sigaddset(&handled, signal);
    }
    ::sigprocmask(SIG_BLOCK, &handled, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    return ::signalfd(-1, &handled, SFD_NONBLOCK | SFD_CLOEXEC);
}
// NOLINTEND(concurrency-mt-unsafe)

} // namespace

Supervisor::Supervisor(Options options)
    : options_(std::move(options)), segments_(options_.exchange / records::pod::log_folder_name),
      ladder_(options_.stop) {}

Supervisor::~Supervisor() {
    ::close(signals_);
}

int Supervisor::run() {
    signals_ = signal_descriptor();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1); // what the command leaves behind is ours to reap
    auto started = prepare().and_then([&] { return start(); });
    if (started) {
        watch();
    } else {
        report_.error = started.error().message;
        report_.exit_code =
            started.error().code == ErrorCode::NotFound ? exit_not_found : exit_cannot_execute;
        say(report_.error);
    }
    finish();
    wait_for_drain();
    return static_cast<int>(report_.exit_code);
}

Status Supervisor::prepare() {
    TRY(segments_.open());
    TRY(check_told(options_));
    if (!options_.code.empty()) {
        TRY(lay_code(options_.code, options_.workspace));
    }
    set_variables(options_.workspace);
    std::error_code problem;
    if (const char* temporary = std::getenv("TMPDIR"); temporary != nullptr) {
        std::filesystem::create_directories(temporary, problem); // who needs it says so itself
    }
    std::filesystem::current_path(options_.workspace, problem);
    if (problem) {
        return failure(ErrorCode::Unavailable,
                       "cannot work in " + options_.workspace.string() + ": " + problem.message());
    }
    report_.hardware = read_hardware(current_environment());
    oom_kills_before_ = kernel_oom_kills();
    return {};
}

Status Supervisor::start() {
    report_.started_at = to_text(SystemClock().now());
    TRY(child_, start_command(options_.command));
    report_.started = true;
    const auto now = std::chrono::steady_clock::now();
    next_seal_ = now + seal_every;
    next_report_ = now;
    if (options_.train > 0s) {
        train_until_ = now + options_.train;
    }
    return {};
}

void Supervisor::watch() {
    for (;;) {
        const auto now = std::chrono::steady_clock::now();
        flush_on_time(now);
        stop_by_steps(now);
        const bool drained = child_.standard_output < 0 && child_.standard_error < 0;
        if (others_until_ && ((drained && none_left_) || now >= *others_until_)) {
            return;
        }
        std::array<pollfd, 3> sources{{{signals_, POLLIN, 0},
                                       {child_.standard_output, POLLIN, 0},
                                       {child_.standard_error, POLLIN, 0}}};
        ::poll(sources.data(), sources.size(), wait_milliseconds(now));
        if (sources[0].revents != 0) {
            take_signals();
        }
        if (sources[1].revents != 0) {
            copy(child_.standard_output, STDOUT_FILENO);
        }
        if (sources[2].revents != 0) {
            copy(child_.standard_error, STDERR_FILENO);
        }
    }
}

int Supervisor::wait_milliseconds(Time now) const {
    Time next =
        ended_ ? std::min(next_seal_, now + ending_look_every) : std::min(next_seal_, next_report_);
    for (const auto& other : {train_until_, ended_ ? std::nullopt : ladder_.next()}) {
        if (other) {
            next = std::min(next, *other);
        }
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now);
    return static_cast<int>(std::max<std::int64_t>(0, wait.count()));
}

void Supervisor::flush_on_time(Time now) {
    if (train_until_ && now >= *train_until_ && !ended_) {
        train_until_.reset();
        deadline_passed_ = true;
        say(fmt::format(
            "deadlines.trainSeconds is over ({} s for this attempt): stopping the command",
            options_.train.count()));
        ladder_.begin(child_.pid, now);
    }
    if (now >= next_seal_) {
        segments_.seal();
        next_seal_ = now + seal_every;
    }
    if (now >= next_report_ && !ended_) { // the last one says the exit code
        report_.output_bytes = segments_.written_bytes();
        report_.dropped_bytes = segments_.dropped_bytes();
        (void)write_report(options_.exchange, report_); // the next one may succeed
        next_report_ = now + report_every;
    }
}

void Supervisor::take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) == sizeof info) {
        const int signal = static_cast<int>(info.ssi_signo);
        if (signal == SIGCHLD) {
            reap();
        } else if (!ended_ && child_.pid > 0) {
            forward(signal);
        }
    }
}

void Supervisor::forward(int signal) {
    if (signal == SIGTERM || signal == SIGINT) {
        ladder_.begin(child_.pid, std::chrono::steady_clock::now());
    } else {
        ::kill(-child_.pid, signal);
    }
}

void Supervisor::stop_by_steps(Time now) {
    if (!others_until_ && ladder_.go_on(now)) {
        say("the command did not stop in time: killing it");
    }
    if (ended_ && !others_until_) {
        end_others(now);
    }
}

void Supervisor::reap() {
    int state = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &state, WNOHANG)) > 0;) {
        if (pid != child_.pid || ended_) {
            continue;
        }
        ended_ = true;
        report_.signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0;
        report_.exit_code =
            WIFSIGNALED(state) ? exit_signal_base + WTERMSIG(state) : WEXITSTATUS(state);
        train_until_.reset();
    }
    if (ended_) {
        end_others(std::chrono::steady_clock::now());
    }
}

// While the command is being stopped, the first of it may be a shell that has ended at once: who
// was asked has its time all the same.
void Supervisor::end_others(Time now) {
    none_left_ = ::waitpid(-1, nullptr, WNOHANG) < 0;
    if (!none_left_ && !others_until_ && ladder_.is_waiting(now)) {
        return;
    }
    if (!others_until_) {
        others_until_ = now + others_end_max;
        report_.finished_at = to_text(SystemClock().now());
        report_.error = ladder_.told(now);
    }
    kill_others();
    none_left_ = ::waitpid(-1, nullptr, WNOHANG) < 0;
}

void Supervisor::copy(int& descriptor, int to) {
    std::array<char, 64 * 1024> buffer;
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count <= 0) {
        ::close(descriptor);
        descriptor = -1; // poll ignores it
        return;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    write_through(to, bytes);
    segments_.write(bytes);
    if (to == STDERR_FILENO) {
        std::string& tail = report_.stderr_tail;
        tail += bytes;
        tail.erase(0, tail.size() - std::min(tail.size(), stderr_tail_bytes_max));
    }
}

void Supervisor::finish() {
    segments_.seal();
    if (report_.finished_at.empty()) {
        report_.finished_at = to_text(SystemClock().now());
    }
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    report_.user_cpu_ms = milliseconds(usage.ru_utime);
    report_.system_cpu_ms = milliseconds(usage.ru_stime);
    report_.memory_bytes_max = usage.ru_maxrss * 1024;
    report_.output_bytes = segments_.written_bytes();
    report_.dropped_bytes = segments_.dropped_bytes();
    report_.oom_kills = kernel_oom_kills() - oom_kills_before_;
    report_.failure_hint = failure_hint({report_.exit_code, report_.signal, deadline_passed_,
                                         report_.oom_kills, report_.stderr_tail});
    if (report_.oom_kills > 0) {
        say(fmt::format("the kernel killed {} processes of the command for memory: raise "
                        "resources.memory",
                        report_.oom_kills));
    }
    if (report_.started && !report_.error.empty()) {
        say(report_.error);
    }
    report_.processes_left = ended_ && !none_left_;
    if (report_.processes_left) {
        say("a process that the command left does not end: its files may still change");
    }
    if (auto written = write_report(options_.exchange, report_); !written) {
        say(written.error().message);
    }
}

// As long as the record gets on, which the recorder shows by a file that is new each time: only
// standing still is counted. The kubelet's own grace bounds it where the pod is to go.
void Supervisor::wait_for_drain() {
    const auto begin = std::chrono::steady_clock::now();
    const auto most = std::max<std::chrono::seconds>(
        options_.drain, std::chrono::seconds(records::pod::drain_moving_seconds_max));
    auto until = begin + options_.drain;
    const auto draining = options_.exchange / records::pod::draining_file_name;
    std::filesystem::file_time_type moved{};
    const auto drained = options_.exchange / records::pod::drained_file_name;
    std::error_code problem;
    while (!std::filesystem::exists(drained, problem)) {
        const auto last = std::filesystem::last_write_time(draining, problem);
        if (!problem && last != moved) {
            moved = last;
            until = std::min(std::chrono::steady_clock::now() + options_.drain, begin + most);
        }
        if (std::chrono::steady_clock::now() >= until) {
            say(fmt::format(
                "the recorder did not get on for deadlines.drainSeconds ({}): its record "
                "is not complete",
                options_.drain.count()));
            return;
        }
        pollfd source{signals_, POLLIN, 0};
        ::poll(&source, 1, static_cast<int>(std::chrono::milliseconds(drain_look_every).count()));
        take_signals();
    }
}

} // namespace pedigree::launcher

#include "base/children.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <string>

#include <dirent.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/owned.h"
#include "base/sync.h"

namespace pedigree {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// A killed process ends at once, unless the kernel holds it (a file server that is away).
constexpr std::chrono::milliseconds adopted_end_time_max{2000};
constexpr std::size_t stat_bytes_max = 4096;

Sync<std::set<pid_t>>& running() {
    static Sync<std::set<pid_t>> children;
    return children;
}

// The parent of a process, from "pid (name) state parent ...", where a name may hold anything; -1
// if it has gone.
pid_t parent_of(const std::string& process) {
    const auto text = read_file("/proc/" + process + "/stat", stat_bytes_max);
    const std::size_t name_end = text ? text->rfind(") ") : std::string::npos;
    pid_t parent = -1;
    if (name_end != std::string::npos && name_end + 4 < text->size()) {
        std::from_chars(text->data() + name_end + 4, text->data() + text->size(), parent);
    }
    return parent;
}

bool has_children() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

// All children of this process that are in neither set. Kernels without /proc/.../children are in
// use, so every process is asked for its parent.
std::set<pid_t> children_besides(const std::set<pid_t>& some, const std::set<pid_t>& others) {
    std::set<pid_t> found;
    if (!has_children()) {
        return found;
    }
    const Owned<DIR, ::closedir> folder(::opendir("/proc"));
    while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
        const std::string name = entry->d_name;
        pid_t process = 0;
        std::from_chars(name.data(), name.data() + name.size(), process);
        if (process > 0 && !some.contains(process) && !others.contains(process) &&
            parent_of(name) == ::getpid()) {
            found.insert(process);
        }
    }
    return found;
}

void reap(pid_t process, SteadyTime deadline) {
    const Descriptor end(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd watched{end.get(), POLLIN, 0};
    ::poll(&watched, 1, std::max(0, static_cast<int>(left.count())));
    ::waitpid(process, nullptr, WNOHANG);
}

} // namespace

Result<pid_t> Children::add(std::set<pid_t>& strangers,
                            const std::function<Result<pid_t>()>& launch) {
    auto ours = running().lock();
    [[maybe_unused]] static const int adopting = ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    strangers = children_besides(*ours, {});
    TRY(const pid_t started, launch());
    ours->insert(started);
    return started;
}

int Children::remove(pid_t ended, const std::set<pid_t>& strangers) {
    auto ours = running().lock(); // from the reaping on its id may be another child's
    int status = 0;
    while (::waitpid(ended, &status, 0) < 0 && errno == EINTR) {
    }
    ours->erase(ended);
    const SteadyTime deadline = std::chrono::steady_clock::now() + adopted_end_time_max;
    // The end of one gives us its children in turn.
    for (auto adopted = children_besides(*ours, strangers);
         !adopted.empty() && std::chrono::steady_clock::now() < deadline;
         adopted = children_besides(*ours, strangers)) {
        for (const pid_t process : adopted) {
            ::kill(process, SIGKILL);
        }
        for (const pid_t process : adopted) {
            reap(process, deadline);
        }
    }
    return status;
}

} // namespace pedigree

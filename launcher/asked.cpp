#include "launcher/asked.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <set>
#include <string_view>

namespace pedigree::launcher {
namespace {

constexpr std::array<std::string_view, 7> shells{"sh",  "bash", "dash",   "ash",
                                                 "ksh", "zsh",  "busybox"};
constexpr std::array<std::string_view, 4> that_pass_on{"tini", "tini-static", "dumb-init",
                                                       "timeout"};

template <std::size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& names, const Process& process) {
    return std::find(names.begin(), names.end(), process.program) != names.end();
}

// Calls `go_on(process)` for the roots, and for the children of each for which it says so. Each
// process is met once, whatever /proc said of its parents while it was read.
template <typename GoOn>
void walk(const std::vector<Process>& all, const std::vector<pid_t>& roots, const GoOn& go_on) {
    std::set<pid_t> met;
    std::vector<pid_t> next = roots;
    while (!next.empty()) {
        const pid_t pid = next.back();
        next.pop_back();
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const Process& one) { return one.pid == pid; });
        if (found == all.end() || !met.insert(pid).second || !go_on(*found)) {
            continue;
        }
        for (const Process& process : all) {
            if (process.parent == pid) {
                next.push_back(process.pid);
            }
        }
    }
}

// As Ctrl-C does.
void add_interrupted(const std::vector<Process>& all, const Process& first,
                     std::vector<Ask>& asks) {
    walk(all, {first.pid}, [&](const Process& process) {
        if (process.catches_int && process.group == first.group) {
            asks.push_back({process.pid, SIGINT, process.pid == first.pid});
        }
        return process.group == first.group;
    });
}

std::vector<Ask> everybody(const std::vector<Process>& all, const std::vector<pid_t>& roots,
                           Step step) {
    std::vector<Ask> asks;
    bool is_trapped = false;
    walk(all, roots, [&](const Process& process) {
        asks.push_back({process.pid, step == Step::First ? SIGTERM : SIGINT, process.catches_term});
        is_trapped = is_trapped || process.catches_term;
        return true;
    });
    return step == Step::Again && is_trapped ? std::vector<Ask>() : asks;
}

} // namespace

std::vector<Ask> asked(const std::vector<Process>& all, const std::vector<pid_t>& roots,
                       Step step) {
    std::vector<Ask> asks;
    bool is_caught = false;
    walk(all, roots, [&](const Process& process) {
        if (is_one_of(shells, process)) {
            if (step == Step::First) {
                asks.push_back({process.pid, SIGTERM, false});
            }
            return true;
        }
        if (is_one_of(that_pass_on, process)) {
            return true;
        }
        is_caught = is_caught || process.catches_term || process.catches_int;
        if (step == Step::First && process.catches_term) {
            asks.push_back({process.pid, SIGTERM, true});
        } else if (process.catches_int) {
            add_interrupted(all, process, asks);
        }
        return !process.catches_term && !process.catches_int;
    });
    return is_caught ? asks : everybody(all, roots, step);
}

} // namespace pedigree::launcher

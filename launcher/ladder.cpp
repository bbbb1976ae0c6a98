#include "launcher/ladder.h"

#include <algorithm>
#include <csignal>

#include <fmt/format.h>

namespace pedigree::launcher {
namespace {

using namespace std::chrono_literals;

constexpr int again_after_part = 3; // of the grace
constexpr auto settle = 500ms;      // what reads from who was asked is not told of its end

std::string seconds(std::chrono::steady_clock::duration duration) {
    return fmt::format("{:.1f} s", std::chrono::duration<double>(duration).count());
}

} // namespace

void Ladder::begin(pid_t command, Time now) {
    if (kill_at_) {
        return;
    }
    command_ = command;
    begun_ = now;
    again_at_ = now + grace_ / again_after_part;
    kill_at_ = now + grace_;
    ask(Step::First, now);
}

void Ladder::ask(Step step, Time now) {
    std::vector<pid_t> roots = alive();
    roots.push_back(command_);
    const std::vector<Ask> asks = asked(read_processes(), roots, step);
    const bool is_anybody_waited_for =
        std::any_of(asks.begin(), asks.end(), [](const Ask& one) { return one.is_waited_for; });
    bool by_term = false;
    bool by_int = false;
    for (const Ask& one : asks) {
        if (one.signal == SIGINT && !interrupted_.insert(one.pid).second) {
            continue;
        }
        ::kill(one.pid, one.signal);
        if (one.is_waited_for || !is_anybody_waited_for) { // not what its shell got
            (one.signal == SIGINT ? by_int : by_term) = true;
        }
        if (one.is_waited_for) {
            waited_for_.push_back(one.pid);
            last_alive_ = now;
        }
    }
    if (asks.empty() && step == Step::First) { // /proc does not say
        ::kill(-command_, SIGTERM);
        by_term = true;
    }
    if (by_term || by_int) {
        sent_.push_back({by_term ? by_int ? "SIGTERM and SIGINT" : "SIGTERM" : "SIGINT", now});
    }
}

bool Ladder::go_on(Time now) {
    if (again_at_ && now >= *again_at_) {
        again_at_.reset();
        ask(Step::Again, now);
    }
    if (is_killed_ || !kill_at_ || now < *kill_at_) {
        return false;
    }
    is_killed_ = true;
    ::kill(-command_, SIGKILL);
    sent_.push_back({"SIGKILL", now});
    return true;
}

std::optional<Ladder::Time> Ladder::next() const {
    return again_at_ ? again_at_ : is_killed_ ? std::nullopt : kill_at_;
}

std::vector<pid_t> Ladder::alive() const {
    if (waited_for_.empty()) {
        return {};
    }
    std::vector<pid_t> pids;
    for (const Process& process : read_processes()) {
        if (std::find(waited_for_.begin(), waited_for_.end(), process.pid) != waited_for_.end()) {
            pids.push_back(process.pid);
        }
    }
    return pids;
}

bool Ladder::is_waiting(Time now) {
    if (!kill_at_ || now >= *kill_at_) {
        return false;
    }
    if (!alive().empty()) {
        last_alive_ = now;
    }
    return now < last_alive_ + settle;
}

std::string Ladder::told(Time ended) const {
    if (sent_.empty()) {
        return "";
    }
    std::string text = "stopped by " + sent_.back().signals + ":";
    for (const Sent& sent : sent_) {
        text += fmt::format(" {} at {},", sent.signals, seconds(sent.at - begun_));
    }
    return text + " ended at " + seconds(ended - begun_);
}

} // namespace pedigree::launcher

#pragma once
// The steps by which a command is stopped within its grace: SIGTERM or SIGINT, as it catches them
// (asked.h); SIGINT for who lives on after a third of the grace; SIGKILL at its end. Begun once:
// what asks for a stop a second time changes nothing. One thread; sends signals.

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

#include "launcher/asked.h"

namespace pedigree::launcher {

class Ladder {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Ladder(std::chrono::milliseconds grace) : grace_(grace) {}

    // `command`: also its process group.
    void begin(pid_t command, Time now);
    // Sends what is due. True if that was SIGKILL.
    bool go_on(Time now);
    std::optional<Time> next() const;

    // The command itself is gone: whether somebody who was asked is still at it, or was a moment
    // ago (a `tee` then has its last lines to write), and there is time left.
    bool is_waiting(Time now);

    // "stopped by SIGINT: SIGTERM at 0.0 s, SIGINT at 20.0 s, ended at 21.3 s"; "" if not begun.
    std::string told(Time ended) const;

  private:
    struct Sent {
        std::string signals; // "SIGTERM and SIGINT"
        Time at;
    };
    std::vector<pid_t> alive() const;
    void ask(Step step, Time now);

    const std::chrono::milliseconds grace_;
    pid_t command_ = -1;
    std::vector<pid_t> waited_for_;
    std::set<pid_t> interrupted_; // once: a second Ctrl-C means "at once" to many programs
    std::vector<Sent> sent_;
    Time begun_;
    Time last_alive_;
    std::optional<Time> again_at_;
    std::optional<Time> kill_at_; // begun if set
    bool is_killed_ = false;
};

} // namespace pedigree::launcher

#pragma once
// Supervisor: the launcher's one loop as PID 1 of the training container. Starts the command,
// copies its output, forwards SIGHUP, SIGUSR1 and SIGUSR2, stops it by steps (ladder.h) at SIGTERM,
// SIGINT or when the training deadline has passed, ends what the command left behind before the
// last report is written (the recorder then reads files that nobody changes any more), keeps the
// report fresh, and waits for the recorder before it gives the exit code.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "launcher/child.h"
#include "launcher/ladder.h"
#include "launcher/options.h"
#include "launcher/segments.h"
#include "records/pod/bundle.h"

namespace pedigree::launcher {

class Supervisor {
  public:
    explicit Supervisor(Options options);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    // The command's exit code, 128 + n if a signal ended it, 126 or 127 if it could not start.
    int run();

  private:
    using Time = std::chrono::steady_clock::time_point;

    Status prepare();
    Status start();
    void watch();
    void take_signals();
    void forward(int signal);
    void stop_by_steps(Time now);
    void reap();
    void end_others(Time now);
    void copy(int& descriptor, int to);
    void flush_on_time(Time now);
    void finish();
    void wait_for_drain();
    int wait_milliseconds(Time now) const;

    const Options options_;
    Segments segments_;
    records::pod::LauncherReport report_;
    Child child_;
    Ladder ladder_;
    int signals_ = -1;
    bool ended_ = false;     // the command itself
    bool none_left_ = false; // nor anything that it started
    bool deadline_passed_ = false;
    std::int64_t oom_kills_before_ = 0;
    std::optional<Time> train_until_;
    std::optional<Time> others_until_; // the command has ended: so must all that it left
    Time next_seal_;
    Time next_report_;
};

} // namespace pedigree::launcher

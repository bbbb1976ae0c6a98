#pragma once
// SIGTERM and SIGINT as an ordinary event: the thread "signals" waits for them and requests a stop.
// SIGUSR1 lets the process log more, and once more less (base/log_level.h). A write to a pipe or
// socket that nobody reads is an error of the call, not SIGPIPE.
//
//     const StopSignals signals; // first in main: threads inherit what is blocked
//     serve(options, signals.token());
//
// One object a process. The token may be used by any thread.

#include <optional>
#include <stop_token>
#include <thread>

namespace pedigree {

class StopSignals {
  public:
    // `second_exit_code`: the second SIGTERM or SIGINT ends the process at once with it, for a call
    // that does not come back; without it only the first one counts.
    explicit StopSignals(std::optional<int> second_exit_code = std::nullopt);
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    std::stop_token token() const { return stop_.get_token(); }

  private:
    std::stop_source stop_;
    std::jthread thread_;
};

} // namespace pedigree

#pragma once
// Ctrl-C and termination as a stop_token: the thread "signals" waits for them. The second one ends
// the process at once, for a call that does not come back.

#include <stop_token>
#include <thread>

namespace pedigree::cli {

class SignalStop {
  public:
    // Call it before any other thread exists: they inherit the blocked signals.
    SignalStop();
    ~SignalStop();
    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

    std::stop_token token() const { return stop_.get_token(); }

  private:
    std::stop_source stop_;
    std::jthread thread_;
};

} // namespace pedigree::cli

#pragma once
// LogWindow: the part of a log that --tail and --since ask for. The log is read from its beginning
// and what lies before the window is passed over here, so that it is known how many bytes there
// were, and reading goes on behind them, in the pod or in the record. Pure; one thread.
//
//     LogWindow window({.lines = 20});
//     out << window.take(bytes) << ...;   // as they arrive, cut anywhere
//     out << window.end();
//     skip = window.bytes();

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace pedigree::cli {

// Held back for --tail; of longer lines the last ones are shown.
constexpr std::size_t log_tail_bytes_max = 16 * 1024 * 1024;

struct LogWindowLimits {
    std::optional<std::int64_t> lines; // the last so many
    std::optional<Instant> since;      // needs lines that begin with their time, as kubelets write
                                       // them when they are asked for time stamps

    bool any() const { return lines || since; }
};

class LogWindow {
  public:
    explicit LogWindow(const LogWindowLimits& limits) : limits_(limits) {}

    // What can be shown already.
    std::string take(std::string_view bytes);
    std::string end();
    // Of the log so far, without times.
    std::uint64_t bytes() const { return bytes_; }

  private:
    void take_line(std::string line, std::string& shown);
    void hold_back(std::string line);

    const LogWindowLimits limits_;
    std::string line_;             // whose end has not come
    std::deque<std::string> held_; // the last lines
    std::size_t held_bytes_ = 0;
    std::uint64_t bytes_ = 0;
    bool is_inside_ = false; // of since
};

} // namespace pedigree::cli

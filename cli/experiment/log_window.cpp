#include "cli/experiment/log_window.h"

#include <utility>

namespace pedigree::cli {

namespace {

// The time before a line, which is taken away from it; nothing: it has none.
std::optional<Instant> take_time(std::string& line) {
    const std::size_t end = line.find(' ');
    const auto time = parse_instant(std::string_view(line).substr(0, end));
    if (end == std::string::npos || !time) {
        return std::nullopt;
    }
    line.erase(0, end + 1);
    return *time;
}

} // namespace

std::string LogWindow::take(std::string_view bytes) {
    std::string shown;
    while (!bytes.empty()) {
        const std::size_t feed = bytes.find('\n');
        const std::size_t length = feed == std::string_view::npos ? bytes.size() : feed + 1;
        line_ += bytes.substr(0, length);
        bytes.remove_prefix(length);
        // A line without an end, such as progress bars make, is shown in pieces.
        if (feed != std::string_view::npos || line_.size() > log_tail_bytes_max / 2) {
            take_line(std::exchange(line_, {}), shown);
        }
    }
    return shown;
}

std::string LogWindow::end() {
    std::string shown;
    if (!line_.empty()) {
        take_line(std::exchange(line_, {}), shown);
    }
    for (const std::string& line : held_) {
        shown += line;
    }
    held_.clear();
    held_bytes_ = 0;
    return shown;
}

void LogWindow::take_line(std::string line, std::string& shown) {
    if (limits_.since) {
        // One without a time belongs to the line before it.
        if (const auto time = take_time(line)) {
            is_inside_ = *time >= *limits_.since;
        }
    }
    bytes_ += line.size();
    if (limits_.since && !is_inside_) {
        return;
    }
    if (limits_.lines) {
        hold_back(std::move(line));
    } else {
        shown += line;
    }
}

void LogWindow::hold_back(std::string line) {
    held_bytes_ += line.size();
    held_.push_back(std::move(line));
    while (!held_.empty() && (held_.size() > static_cast<std::size_t>(*limits_.lines) ||
                              held_bytes_ > log_tail_bytes_max)) {
        held_bytes_ -= held_.front().size();
        held_.pop_front();
    }
}

} // namespace pedigree::cli

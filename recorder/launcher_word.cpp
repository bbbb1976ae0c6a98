#include "recorder/launcher_word.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"

namespace pedigree::recorder {
namespace {

constexpr std::size_t tail_bytes_max = 4096;
constexpr std::size_t shown_bytes_max = 4 * 1024 * 1024; // more than a report is
constexpr std::size_t text_bytes_max = 1000;
constexpr std::size_t facts_max = 50;
constexpr std::size_t fact_name_bytes_max = 64;
constexpr std::size_t fact_bytes_max = 4096; // a processor's flags
constexpr std::array<std::string_view, 3> hints{"CudaOutOfMemory", "OutOfMemory",
                                                "DeadlineExceeded"};

void keep_time(std::string& text) {
    const auto instant = parse_instant(text);
    text = instant ? to_text(*instant) : "";
}

} // namespace

records::pod::LauncherReport cleaned(records::pod::LauncherReport report) {
    keep_time(report.started_at);
    keep_time(report.finished_at);
    const std::string tail = clean_text(report.stderr_tail, shown_bytes_max, Lines::Keep);
    report.stderr_tail = text_back(tail, tail_bytes_max); // its end says what went wrong
    report.error = clean_text(report.error, text_bytes_max);
    if (std::find(hints.begin(), hints.end(), report.failure_hint) == hints.end()) {
        report.failure_hint.clear();
    }
    std::map<std::string, std::string> hardware;
    for (const auto& [name, value] : report.hardware) {
        if (hardware.size() < facts_max) {
            hardware[clean_text(name, fact_name_bytes_max)] = clean_text(value, fact_bytes_max);
        }
    }
    report.hardware = std::move(hardware);
    report.output_bytes = std::max<std::int64_t>(report.output_bytes, 0);
    report.dropped_bytes = std::max<std::int64_t>(report.dropped_bytes, 0);
    report.oom_kills = std::max<std::int64_t>(report.oom_kills, 0);
    return report;
}

} // namespace pedigree::recorder

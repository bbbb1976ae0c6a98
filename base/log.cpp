#include "base/log.h"

#include <atomic>
#include <cstdio>
#include <set>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/digest.h"
#include "base/sync.h"

namespace pedigree {
namespace {

// Shorter values would redact ordinary words.
constexpr std::size_t redacted_length_min = 6;

std::atomic<LogLevel> threshold{LogLevel::Info};

Sync<std::set<std::string>>& secrets() {
    static Sync<std::set<std::string>> values;
    return values;
}

std::string_view word(LogLevel level) {
    switch (level) {
    case LogLevel::Debug:
        return "debug";
    case LogLevel::Info:
        return "info";
    case LogLevel::Warning:
        return "warning";
    case LogLevel::Error:
        return "error";
    }
    return "error";
}

std::string url_encoded(std::string_view text) {
    constexpr std::string_view plain = "-._~";
    std::string out;
    for (const char c : text) {
        const bool keep = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || plain.find(c) != std::string_view::npos;
        out += keep ? std::string(1, c) : "%" + to_hex(std::string_view(&c, 1));
    }
    return out;
}

} // namespace

void set_log_level(LogLevel level) {
    threshold = level;
}

void redact_in_logs(const Secret& secret) {
    const std::string& value = secret.reveal();
    if (value.size() < redacted_length_min) {
        return;
    }
    auto known = secrets().lock();
    known->insert(value);
    known->insert(to_base64(value));
    known->insert(url_encoded(value));
}

std::string redacted(std::string_view text) {
    std::string out(text);
    auto known = secrets().lock();
    for (const std::string& value : *known) {
        for (auto at = out.find(value); at != std::string::npos; at = out.find(value, at)) {
            out.replace(at, value.size(), "[redacted]");
        }
    }
    return out;
}

void log(LogLevel level, std::string_view message, LogFields fields) {
    if (level < threshold.load()) {
        return;
    }
    nlohmann::ordered_json line;
    line["time"] = to_text(SystemClock().now());
    line["level"] = word(level);
    line["message"] = redacted(message);
    for (const auto& [name, value] : fields) {
        line[std::string(name)] = redacted(value);
    }
    const std::string text =
        line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr); // one call: lines of threads do not mix
}

} // namespace pedigree

#include "base/log.h"

#include <algorithm>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/clock.h"
#include "base/log_level.h"
#include "base/redaction.h"
#include "base/repeats.h"
#include "base/sync.h"
#include "base/text.h"

namespace pedigree {
namespace {

constexpr std::size_t log_text_bytes_max = 16 * 1024; // of a message, and of a field

constexpr std::pair<LogLevel, spdlog::level::level_enum> spdlog_levels[] = {
    {LogLevel::Debug, spdlog::level::debug},
    {LogLevel::Info, spdlog::level::info},
    {LogLevel::Warning, spdlog::level::warn},
    {LogLevel::Error, spdlog::level::err},
};

spdlog::level::level_enum spdlog_level(LogLevel level) {
    return spdlog_levels[static_cast<std::size_t>(level)].second;
}

std::string_view word(spdlog::level::level_enum level) {
    for (const auto& [ours, theirs] : spdlog_levels) {
        if (theirs == level) {
            return to_string(ours);
        }
    }
    return to_string(LogLevel::Error);
}

Sync<std::set<std::string>>& secrets() {
    static Sync<std::set<std::string>> values;
    return values;
}

// spdlog hands on one text: here the message and the fields' names and values, each with a NUL
// behind it, which none of them holds.
std::string packed(std::string_view message, LogFields fields) {
    std::string payload;
    const auto append = [&](std::string_view text) {
        for (const char c : text) {
            payload += c == '\0' ? ' ' : c;
        }
        payload += '\0';
    };
    append(message);
    for (const auto& [name, value] : fields) {
        append(name);
        append(value);
    }
    return payload;
}

std::vector<std::string> unpacked(std::string_view payload) {
    std::vector<std::string> texts;
    while (!payload.empty()) {
        const std::size_t end = std::min(payload.find('\0'), payload.size());
        // Redacted before it is cleaned: a shown control would hide a secret from its own value.
        const std::string text = without(payload.substr(0, end), *secrets().lock());
        texts.push_back(clean_text(text, log_text_bytes_max, Lines::Keep));
        payload.remove_prefix(std::min(end + 1, payload.size()));
    }
    return texts;
}

// Around spdlog's own sink: secrets go, repeats are held back, and a line is one JSON object.
class JsonLines final : public spdlog::sinks::sink {
  public:
    JsonLines() { to_stderr_.set_pattern("%v"); }

    void log(const spdlog::details::log_msg& message) override {
        const std::string members = members_of(message);
        auto repeats = repeats_.lock();
        for (const auto& [line, suppressed] : repeats->ended(message.time)) {
            write(message, fmt::format("{},\"suppressed\":{}", line, suppressed));
        }
        if (repeats->may_write(members, message.time)) {
            write(message, members);
        }
    }
    void flush() override { to_stderr_.flush(); }
    // The form of a line is an interface (docs/operate/logs.md): it is not set from outside.
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  private:
    // What makes two lines equal: everything but the time, without the outer braces.
    static std::string members_of(const spdlog::details::log_msg& message) {
        const std::vector<std::string> texts =
            unpacked({message.payload.data(), message.payload.size()});
        nlohmann::ordered_json line{{"level", word(message.level)}, {"message", texts.at(0)}};
        for (std::size_t i = 1; i + 1 < texts.size(); i += 2) {
            line[texts[i]] = texts[i + 1];
        }
        const std::string text = line.dump();
        return text.substr(1, text.size() - 2);
    }

    void write(const spdlog::details::log_msg& message, const std::string& members) {
        const auto time = std::chrono::time_point_cast<std::chrono::microseconds>(message.time);
        const std::string line = fmt::format("{{\"time\":\"{}\",{}}}", to_text(time), members);
        to_stderr_.log({message.time, {}, message.logger_name, message.level, line});
    }

    spdlog::sinks::stderr_sink_mt to_stderr_; // one write: lines of threads do not mix
    Sync<Repeats> repeats_;
};

spdlog::logger& logger() {
    // Never destroyed: threads may log until the process ends.
    static auto* const only = new spdlog::logger("pedigree", std::make_shared<JsonLines>());
    return *only;
}

} // namespace

Words<LogLevel> words_of(LogLevel) {
    static constexpr Word<LogLevel> table[] = {
        {LogLevel::Debug, "debug"},
        {LogLevel::Info, "info"},
        {LogLevel::Warning, "warning"},
        {LogLevel::Error, "error"},
    };
    return table;
}

void set_log_level(LogLevel level) {
    logger().set_level(spdlog_level(level));
}

std::vector<std::string> log_level_words() {
    std::vector<std::string> all;
    for (const auto& [level, word] : words_of(LogLevel{}).rows()) {
        all.emplace_back(word);
    }
    return all;
}

void toggle_debug_log() {
    static Sync<spdlog::level::level_enum> before(spdlog::level::info);
    auto kept = before.lock();
    const auto now = logger().level();
    if (now != spdlog::level::debug) {
        *kept = now;
    }
    logger().set_level(now == spdlog::level::debug ? *kept : spdlog::level::debug);
    log_info("log level changed", {{"to", word(logger().level())}});
}

void redact_in_logs(const Secret& own) {
    const std::set<std::string> forms = forms_of(own);
    secrets().lock()->insert(forms.begin(), forms.end());
}

void log(LogLevel level, std::string_view message, LogFields fields) {
    const auto at = spdlog_level(level);
    if (logger().should_log(at)) {
        logger().log(at, spdlog::string_view_t(packed(message, fields)));
    }
}

} // namespace pedigree

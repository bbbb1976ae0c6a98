#pragma once
// One JSON object a line on standard error: time, level, message, and the fields given. Fields are
// allow-listed by being named at the call; nothing is logged whole. Any thread may log. Register a
// secret's value with redact_in_logs once it is read: its bytes, base64 and URL form then never
// appear in a line.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/secret.h"

namespace pedigree {

enum class LogLevel { Debug, Info, Warning, Error };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

void set_log_level(LogLevel level);
void log(LogLevel level, std::string_view message, LogFields fields = {});
inline void log_debug(std::string_view message, LogFields fields = {}) {
    log(LogLevel::Debug, message, fields);
}
inline void log_info(std::string_view message, LogFields fields = {}) {
    log(LogLevel::Info, message, fields);
}
inline void log_warning(std::string_view message, LogFields fields = {}) {
    log(LogLevel::Warning, message, fields);
}
inline void log_error(std::string_view message, LogFields fields = {}) {
    log(LogLevel::Error, message, fields);
}

void redact_in_logs(const Secret& secret);
// The text with every registered secret replaced by "[redacted]"; for status, events and records.
std::string redacted(std::string_view text);

} // namespace pedigree

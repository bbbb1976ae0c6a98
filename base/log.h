#pragma once
// One JSON object a line on standard error: time, level, message, and the fields given. Fields are
// allow-listed by being named at the call; nothing is logged whole. Any thread may log.

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

// For a process's own credential (its token of the cluster, its database's URL): bytes, base64 and
// URL form then stand in none of its lines. Never one that a spec names, nor in a process whose log
// a user may read: what is missing there would tell whether a guess is right (base/redaction.h).
void redact_in_logs(const Secret& own);

} // namespace pedigree

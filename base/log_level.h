#pragma once
// How much a process logs (base/log.h): by a flag at its start, and while it runs. Any thread may
// call.
//
//     app.add_option("--log-level", word)->check(CLI::IsMember(log_level_words()));
//     set_log_level(*log_level_from(word));

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"

namespace pedigree {

// "debug", "info", "warning", "error": as the lines say it.
std::vector<std::string> log_level_words();
std::optional<LogLevel> log_level_from(std::string_view word);

// From any other level to Debug, and from Debug back to what was set before; tells so in the log.
void toggle_debug_log();

} // namespace pedigree

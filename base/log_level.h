#pragma once
// How much a process logs (base/log.h): by a flag at its start, and while it runs. Any thread may
// call.
//
//     app.add_option("--log-level", word)->check(CLI::IsMember(log_level_words()));
//     set_log_level(*from_word<LogLevel>(word));

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/words.h"

namespace pedigree {

// "debug", "info", "warning", "error": as the lines say it.
Words<LogLevel> words_of(LogLevel);
std::vector<std::string> log_level_words();

// From any other level to Debug, and from Debug back to what was set before; tells so in the log.
void toggle_debug_log();

} // namespace pedigree

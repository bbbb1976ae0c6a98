#pragma once
// The words of -o, and which of them each command takes. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/commands.h"

namespace pedigree::cli {

std::string_view word_of(Format format);
// The first is the default; empty: the command has no -o.
const std::vector<Format>& allowed_formats(std::string_view subcommand);
std::vector<std::string> formats_of(std::string_view subcommand); // as words

} // namespace pedigree::cli

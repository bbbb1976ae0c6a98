#pragma once
// A command's page for man(1), from the description that help and completion read. Text becomes
// roff as man(7) has it: no line of ours is taken for a request. Pure.

#include <string>
#include <vector>

#include "cli/app/command.h"

namespace pedigree::cli {

// "pedigree-trace.1".
std::string man_page(const Command& command);

// "pedigree.1": what there is.
std::string man_page_of_all(const std::vector<Command>& commands);

} // namespace pedigree::cli

#pragma once
// The commands of the program, in the order of the help. Each is described in its own file of this
// folder and has a page in docs/cli; tests see to the page.

#include <vector>

#include "cli/app/command.h"

namespace pedigree::cli {

// Each with the defaults of its options; a line is read into one such list, once.
std::vector<Command> all_commands();

} // namespace pedigree::cli

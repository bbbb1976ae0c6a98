#pragma once
// The subcommands and what their help says, in the order of the help. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::cli {

struct Subcommand {
    std::string name;
    std::string summary;
    std::string examples; // {} is the command's name
};
// Each has a page in docs/cli; a test sees to it.
const std::vector<Subcommand>& subcommands();

// "pedigree" or "kubectl pedigree", from argv[0].
std::string command_name(std::string_view program);

} // namespace pedigree::cli

#pragma once
// The command line: argv to a typed Invocation, or the text to print instead (help, usage). CLI11
// stands in the .cpp alone. Called as kubectl-pedigree, the texts begin with "kubectl pedigree".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/commands.h"

namespace pedigree::cli {

struct Invocation {
    ClusterOptions cluster;
    ColourMode colour = ColourMode::Auto;
    Command command;
};

struct Parsed {
    std::optional<Invocation> invocation;
    // Without an invocation: what to print; on standard output if the code is Ok, else on error.
    std::string text;
    ExitCode code = ExitCode::Ok;
};

// argv without its first element, which is `program`.
Parsed parse_arguments(std::string_view program, const std::vector<std::string>& arguments);

struct OptionName {
    std::string name; // with its dashes
    bool takes_value = false;
};
// Of a subcommand, the common ones too; empty: there is no such subcommand.
std::vector<OptionName> options_of(std::string_view subcommand);

} // namespace pedigree::cli

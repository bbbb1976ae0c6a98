#pragma once
// The command line: argv to a command whose options are filled in, or the text to print instead
// (help, usage). CLI11 stands in the .cpp alone; what can be written comes from the commands'
// descriptions (command.h). Called as kubectl-pedigree, the texts begin with "kubectl pedigree".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/app/command.h"

namespace pedigree::cli {

// What every command takes.
struct CommonOptions {
    ClusterOptions cluster;
    ColourMode colour = ColourMode::Auto;
};
Syntax common_syntax(CommonOptions& options);

struct Invocation {
    CommonOptions common;
    Command command;
};

struct Parsed {
    std::optional<Invocation> invocation;
    // Without an invocation: what to print; on standard output if the code is Ok, else on error.
    std::string text;
    ExitCode code = ExitCode::Ok;
};

// `arguments` is argv without its first element, which is `program`. The commands stand in the help
// in this order.
Parsed parse_arguments(std::string_view program, const std::vector<std::string>& arguments,
                       std::vector<Command> commands);

// "pedigree" or "kubectl pedigree", from argv[0].
std::string command_name(std::string_view program);

} // namespace pedigree::cli

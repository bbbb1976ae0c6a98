#pragma once
// Command: all that the program knows of one command, said once, in the command's own file
// (cli/commands/<name>.cpp): its name, what help says, which options and arguments it takes, what
// may stand in them, and what it does. The parser (arguments.h), the completion (complete.h) and
// the help read the same description.
//
//     namespace {
//     struct Options {
//         std::vector<std::string> names;
//         Format format = Format::Table;
//     };
//
//     void describe(Options& options, Syntax& syntax) {
//         syntax.values("names", options.names, "NAME", "Experiments; none: all of them")
//             .from(Source::Experiments);
//         syntax.format(options.format, {Format::Table, Format::Json});
//     }
//
//     Result<ExitCode> perform(const Options& options, const Context& context) { ... }
//     } // namespace
//
//     Command get_command() {
//         return define_command({"get", "lists Experiments", "  {} get -A"}, describe, perform);
//     }
//
// To add a command: this file, its line in cli/commands/table.cpp, its page in docs/cli.

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include "base/result.h"
#include "cli/app/cluster.h"
#include "cli/app/exit_code.h"
#include "cli/app/syntax.h"
#include "cli/app/terminal.h"

namespace pedigree::cli {

// What a command gets of the world. Data goes to terminal.out, everything else to terminal.err.
struct Context {
    Terminal& terminal;
    std::stop_token stop; // Ctrl-C
    // Connects when it is first called, since many commands need no cluster; the same one after
    // that, as long as the context lives.
    std::function<Result<const Cluster*>()> cluster;
};

struct CommandTexts {
    std::string name;     // "get"
    std::string summary;  // "lists Experiments": a verb in the third person, no full stop
    std::string examples; // lines, indented by two; {} is the program as it was called
};

// Its syntax writes into options that `perform` reads: one command line is read into one Command.
struct Command {
    CommandTexts texts;
    Syntax syntax;
    // The process's exit code; the caller prints an Error (error_text.h).
    std::function<Result<ExitCode>(const Context& context)> perform;
};

template <typename Options>
Command define_command(CommandTexts texts, void (*describe)(Options&, Syntax&),
                       Result<ExitCode> (*perform)(const Options&, const Context&)) {
    // Shared, since a std::function is copied; written by the syntax alone, before it is read.
    const auto options = std::make_shared<Options>();
    Command command{std::move(texts), {}, {}};
    describe(*options, command.syntax);
    command.perform = [options, perform](const Context& context) {
        return perform(*options, context);
    };
    return command;
}

} // namespace pedigree::cli

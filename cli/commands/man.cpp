// pedigree man: the pages of a manual (cli/app/man_page.h).

#include "cli/app/man_page.h"

#include <algorithm>

#include "cli/commands/table.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string command;
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("command", options.command, "COMMAND", "Of this one; without it what there is");
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    const std::vector<Command> commands = all_commands();
    if (options.command.empty()) {
        context.terminal.out << man_page_of_all(commands);
        return ExitCode::Ok;
    }
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& command) {
        return command.texts.name == options.command;
    });
    if (found == commands.end()) {
        std::vector<std::string> names;
        for (const Command& command : commands) {
            names.push_back(command.texts.name);
        }
        return failure(ErrorCode::InvalidInput, "there is no command \"" + options.command + "\"" +
                                                    did_you_mean(options.command, names));
    }
    context.terminal.out << man_page(*found);
    return ExitCode::Ok;
}

} // namespace

Command man_command() {
    return define_command<Options>({"man", "prints a page for man(1)",
                                    "  {} man trace | man -l -\n"
                                    "  {} man > /usr/local/share/man/man1/pedigree.1"},
                                   describe, perform);
}

} // namespace pedigree::cli

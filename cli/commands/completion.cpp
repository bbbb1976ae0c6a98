// pedigree completion: prints a script that connects a shell with the candidates of
// cli/app/complete.h.

#include "cli/app/command.h"
#include "cli/app/complete.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string shell;
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("shell", options.shell, "SHELL", "bash, zsh, fish or kubectl")
        .one_of(completed_shells())
        .required();
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    context.terminal.out << completion_script(options.shell);
    return ExitCode::Ok;
}

} // namespace

Command completion_command() {
    return define_command<Options>(
        {"completion", "prints a completion script for a shell",
         "  source <({} completion bash)\n"
         "  {} completion fish > ~/.config/fish/completions/pedigree.fish"},
        describe, perform);
}

} // namespace pedigree::cli

// pedigree lint: what is wrong with a document, without a cluster (pipeline/spec/lint.h).

#include "pipeline/spec/lint.h"

#include <fmt/format.h>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "pipeline/search/document/experiment_search.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::vector<std::string> files; // "-": standard input
};

void describe(Options& options, Syntax& syntax) {
    syntax.values("files", options.files, "FILE", "Documents; - is standard input")
        .from(Source::Files)
        .required();
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    Terminal& terminal = context.terminal;
    ExitCode code = ExitCode::Ok;
    for (const std::string& file : options.files) {
        TRY(const std::string text, read_document(file));
        const auto diagnostics = spec::lint(text, search::validate_experiment_search);
        if (diagnostics.empty()) {
            terminal.out << fmt::format("{}: ok\n", file);
            continue;
        }
        code = ExitCode::InvalidInput;
        terminal.out << spec::render(diagnostics, text, file,
                                     terminal.out_coloured ? spec::Colour::Always
                                                           : spec::Colour::Never);
    }
    return code;
}

} // namespace

Command lint_command() {
    return define_command<Options>({"lint", "says what is wrong with a document, without a cluster",
                                    "  {} lint experiment.yaml"},
                                   describe, perform);
}

} // namespace pedigree::cli

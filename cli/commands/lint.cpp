// pedigree lint: what is wrong with a document, without a cluster (pipeline/spec/lint.h).

#include "pipeline/spec/lint.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "pipeline/search/document/experiment_search.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::vector<std::string> files; // "-": standard input
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.values("files", options.files, "FILE", "Documents; - is standard input")
        .from(Source::Files)
        .required();
    syntax.format(options.format, {Format::Table, Format::Json});
}

Json json_of(const std::string& file, const std::vector<spec::Diagnostic>& diagnostics) {
    Json problems = Json::array();
    for (const spec::Diagnostic& diagnostic : diagnostics) {
        problems.push_back({{"code", diagnostic.code},
                            {"message", diagnostic.message},
                            {"help", diagnostic.help},
                            {"line", diagnostic.mark.line},
                            {"column", diagnostic.mark.column}});
    }
    return {{"file", file}, {"ok", diagnostics.empty()}, {"problems", std::move(problems)}};
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    Terminal& terminal = context.terminal;
    ExitCode code = ExitCode::Ok;
    Json items = Json::array();
    for (const std::string& file : options.files) {
        TRY(const std::string text, read_document(file));
        const auto diagnostics = spec::lint(text, search::validate_experiment_search);
        code = diagnostics.empty() ? code : ExitCode::InvalidInput;
        if (options.format == Format::Json) {
            items.push_back(json_of(file, diagnostics));
            continue;
        }
        if (diagnostics.empty()) {
            terminal.out << fmt::format("{}: ok\n", file);
            continue;
        }
        terminal.out << spec::render(diagnostics, text, file,
                                     terminal.out_coloured ? spec::Colour::Always
                                                           : spec::Colour::Never);
    }
    if (options.format == Format::Json) {
        const Json list = enveloped("LintReport", {{"items", std::move(items)}});
        terminal.out << document_text(list, Format::Json);
    }
    return code;
}

} // namespace

Command lint_command() {
    return define_command<Options>({"lint", "says what is wrong with a document, without a cluster",
                                    "  {} lint experiment.yaml\n"
                                    "  {} lint experiment.yaml -o json"},
                                   describe, perform);
}

} // namespace pedigree::cli

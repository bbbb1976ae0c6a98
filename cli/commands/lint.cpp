#include "pipeline/spec/lint.h"

#include <fmt/format.h>

#include "cli/app/documents.h"
#include "cli/commands/commands.h"
#include "pipeline/search/document/experiment_search.h"

namespace pedigree::cli {

Result<ExitCode> perform(const LintOptions& options, Terminal& terminal) {
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

} // namespace pedigree::cli

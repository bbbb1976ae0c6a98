#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/documents.h"
#include "cli/search_explain.h"
#include "cli/search_history.h"
#include "cli/search_serve.h"
#include "cli/search_simulate.h"
#include "pipeline/search/import/import.h"
#include "pipeline/spec/lint.h"

namespace pedigree::cli {

namespace {

// A search document, or one of another tool.
Result<search::Study> read_study_of(const SearchOptions& options, Terminal& terminal) {
    TRY(const std::string text, read_document(options.file));
    TRY(const Json document, spec::read_manifest(text));
    TRY(search::ImportedStudy imported, search::import_study(document));
    for (const std::string& warning : imported.warnings) {
        terminal.err << "warning: " << printable(warning) << '\n';
    }
    imported.study.algorithm.seed = options.seed.value_or(imported.study.algorithm.seed);
    return std::move(imported.study);
}

Result<ExitCode> serve_study(const SearchOptions& options, search::Study study,
                             Terminal& terminal) {
    search::Search search(std::move(study));
    std::optional<HistoryFile> history;
    if (!options.history.empty()) {
        TRY(history, HistoryFile::open(options.history, search));
    }
    TRY(serve(search, std::cin, terminal.out,
              [&](const Json& line) { return history ? history->append(line) : Status(); }));
    return ExitCode::Ok;
}

} // namespace

Result<ExitCode> perform(const SearchOptions& options, Terminal& terminal) {
    TRY(search::Study study, read_study_of(options, terminal));
    switch (options.action) {
    case SearchAction::Serve:
        return serve_study(options, std::move(study), terminal);
    case SearchAction::Explain: {
        TRY(const std::string history, read_file(options.history, history_bytes_max));
        TRY(const std::string text, explanation(std::move(study), history, terminal.out_coloured));
        terminal.out << text;
        break;
    }
    case SearchAction::Simulate:
        terminal.out << render(simulation_table(study), terminal.out_coloured);
        break;
    }
    return ExitCode::Ok;
}

} // namespace pedigree::cli

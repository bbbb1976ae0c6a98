#include <iostream>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/app/documents.h"
#include "cli/commands/commands.h"
#include "cli/search/explain.h"
#include "cli/search/history.h"
#include "cli/search/predict.h"
#include "cli/search/serve.h"
#include "cli/search/simulate.h"
#include "pipeline/search/export/hparams.h"
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

Result<ExitCode> serve_search(const SearchOptions& options, search::Search search,
                              Terminal& terminal) {
    std::optional<HistoryFile> history;
    if (!options.history.empty()) {
        TRY(history, HistoryFile::open(options.history, search));
    }
    TRY(serve(search, std::cin, terminal.out,
              [&](const Json& line) { return history ? history->append(line) : Status(); }));
    return ExitCode::Ok;
}

Result<std::string> predicted(const SearchOptions& options, search::Search search,
                              std::string_view history) {
    TRY(const auto parameters, parameters_from(options.parameters, search.study().space));
    TRY(replay(history, search));
    TRY(const auto forecast, search.predict(parameters));
    return prediction(forecast, search.study(), options.format);
}

std::string simulated(const search::Study& study, Terminal& terminal) {
    if (study.max_trials > simulated_trials_max) {
        terminal.err << fmt::format("note: simulated as if maxTrials were {} instead of {}\n",
                                    simulated_trials_max, study.max_trials);
    }
    return render(simulation_table(study), terminal.out_coloured);
}

} // namespace

Result<ExitCode> perform(const SearchOptions& options, Terminal& terminal) {
    TRY(search::Study study, read_study_of(options, terminal));
    if (options.action == SearchAction::Simulate) {
        terminal.out << simulated(study, terminal);
        return ExitCode::Ok;
    }
    if (options.action == SearchAction::Export) {
        terminal.out << search::hparams_experiment(study);
        return ExitCode::Ok;
    }
    TRY(const auto earlier, read_earlier(options.earlier, options.history));
    search::Search search(std::move(study), earlier);
    if (options.action == SearchAction::Serve) {
        return serve_search(options, std::move(search), terminal);
    }
    TRY(const std::string history, read_file(options.history, history_bytes_max));
    TRY(const std::string text, options.action == SearchAction::Explain
                                    ? explanation(std::move(search), history, terminal.out_coloured)
                                    : predicted(options, std::move(search), history));
    terminal.out << text;
    return ExitCode::Ok;
}

} // namespace pedigree::cli

// pedigree search: a search without a cluster (docs/spec/search.md).

#include <algorithm>
#include <iostream>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/words.h"
#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/search/explain.h"
#include "cli/search/history.h"
#include "cli/search/predict.h"
#include "cli/search/serve.h"
#include "cli/search/simulate.h"
#include "pipeline/search/document/read_study.h"
#include "pipeline/search/export/hparams.h"
#include "pipeline/search/import/import.h"
#include "pipeline/spec/lint.h"

namespace pedigree::cli {

namespace {

enum class Action { Serve, Explain, Predict, Simulate, Export };
Words<Action> words_of(Action) {
    static constexpr Word<Action> table[] = {{Action::Serve, "serve"},
                                             {Action::Explain, "explain"},
                                             {Action::Predict, "predict"},
                                             {Action::Simulate, "simulate"},
                                             {Action::Export, "export"}};
    return table;
}

struct Options {
    Action action = Action::Serve;
    std::string file;
    std::optional<std::int64_t> seed;    // wins over the file's
    std::string history;                 // Serve: empty keeps none; Explain and Predict need it
    std::vector<std::string> earlier;    // histories of earlier searches, or folders of them
    std::vector<std::string> parameters; // NAME=VALUE; Serve: of the first trial
    std::string to;                      // Export: whose form
    Format format = Format::Table;       // Predict
};

Status refused(const char* why) {
    return failure(ErrorCode::InvalidInput, why);
}

// What one action needs and another has no use for.
Status check_action(const Options& options) {
    const bool reads_history =
        options.action == Action::Explain || options.action == Action::Predict;
    if (reads_history && options.history.empty()) {
        return refused("--history names what to learn from");
    }
    if (options.action == Action::Predict && options.parameters.empty()) {
        return refused("--parameters says of what");
    }
    if (options.action == Action::Serve && options.file == "-") {
        return refused("standard input is the conversation");
    }
    if ((options.action == Action::Export) != (options.to == "hparams")) {
        return refused("export goes with --to hparams");
    }
    return {};
}

void describe_action(Options& options, Syntax& syntax) {
    std::vector<std::string> all;
    for (const auto& [action, word] : words_of(Action()).rows()) {
        all.emplace_back(word);
    }
    const auto take = [&options](const std::string& word) -> Status {
        options.action = from_word<Action>(word).value_or(Action::Serve);
        return {};
    };
    syntax
        .taken("action", take, "ACTION",
               "serve: answer JSON lines; explain: show a history; predict: what a trial would "
               "come to; simulate: try it on random functions; export: as another tool has it")
        .one_of(std::move(all))
        .required();
}

void describe(Options& options, Syntax& syntax) {
    describe_action(options, syntax);
    syntax.value("file", options.file, "FILE", "What stands under search: in an Experiment")
        .from(Source::Files)
        .required();
    syntax.number("--seed", options.seed, "Instead of algorithm.seed", 0);
    syntax
        .value("--history", options.history, "FILE",
               "Keep what happens in this file, and go on from what it holds")
        .from(Source::Files);
    syntax
        .values("--earlier", options.earlier, "FILE",
                "Learn from the histories of earlier searches; a folder: its *.jsonl")
        .from(Source::Files);
    const auto take_parameters = [&options](const std::string& list) -> Status {
        std::istringstream parts(list);
        for (std::string part; std::getline(parts, part, ',');) {
            options.parameters.push_back(part);
        }
        return {};
    };
    syntax.taken("--parameters", take_parameters, "LIST",
                 "What to predict, or what serve begins with: NAME=VALUE,...");
    syntax.value("--to", options.to, "TOOL", "Whose form to export: hparams").one_of({"hparams"});
    syntax.format(options.format, {Format::Table, Format::Json});
    syntax.check([&options] { return check_action(options); });
}

// The first trial's values, as `parameters` in an Experiment; here all of them are the search's.
Result<search::Study> begun_with(search::Study study, const std::vector<std::string>& assignments) {
    TRY(const auto first, parameters_from(assignments, study.space));
    for (const auto& [name, value] : first) {
        const auto& dimensions = study.space.dimensions;
        if (std::none_of(dimensions.begin(), dimensions.end(),
                         [&name = name](const auto& each) { return each.name == name; })) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("--parameters: the search has no \"{}\"", name));
        }
    }
    return search::with_first(std::move(study), first);
}

// A search document, or one of another tool.
Result<search::Study> read_study_of(const Options& options, Terminal& terminal) {
    TRY(const std::string text, read_document(options.file));
    TRY(const Json document, spec::read_manifest(text));
    TRY(search::ImportedStudy imported, search::import_study(document));
    for (const std::string& warning : imported.warnings) {
        terminal.err << "warning: " << printable(warning) << '\n';
    }
    imported.study.algorithm.seed = options.seed.value_or(imported.study.algorithm.seed);
    return options.action == Action::Serve
               ? begun_with(std::move(imported.study), options.parameters)
               : std::move(imported.study);
}

Result<ExitCode> serve_search(const Options& options, search::Search search, Terminal& terminal) {
    std::optional<HistoryFile> history;
    if (!options.history.empty()) {
        TRY(history, HistoryFile::open(options.history, search));
    }
    TRY(serve(search, std::cin, terminal.out,
              [&](const Json& line) { return history ? history->append(line) : Status(); }));
    return ExitCode::Ok;
}

Result<std::string> predicted(const Options& options, search::Search search,
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

Result<ExitCode> perform(const Options& options, const Context& context) {
    Terminal& terminal = context.terminal;
    TRY(search::Study study, read_study_of(options, terminal));
    if (options.action == Action::Simulate) {
        terminal.out << simulated(study, terminal);
        return ExitCode::Ok;
    }
    if (options.action == Action::Export) {
        terminal.out << search::hparams_experiment(study);
        return ExitCode::Ok;
    }
    TRY(const auto earlier, read_earlier(options.earlier, options.history));
    search::Search search(std::move(study), earlier);
    if (options.action == Action::Serve) {
        return serve_search(options, std::move(search), terminal);
    }
    TRY(const std::string history, read_file(options.history, history_bytes_max));
    TRY(const std::string text, options.action == Action::Explain
                                    ? explanation(std::move(search), history, terminal.out_coloured)
                                    : predicted(options, std::move(search), history));
    terminal.out << text;
    return ExitCode::Ok;
}

} // namespace

Command search_command() {
    return define_command<Options>(
        {"search", "proposes parameters for trials, without a cluster",
         "  {} search serve search.yaml --history search.jsonl\n"
         "  {} search explain search.yaml --history search.jsonl\n"
         "  {} search predict search.yaml --history search.jsonl --parameters lr=0.01,layers=3\n"
         "  {} search simulate search.yaml"},
        describe, perform);
}

} // namespace pedigree::cli

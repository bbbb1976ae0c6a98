// pedigree search: a search without a cluster (docs/spec/search.md). What can be done with one, its
// actions say (cli/search/action.h).

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/search/action.h"
#include "pipeline/search/import/import.h"
#include "pipeline/spec/lint.h"

namespace pedigree::cli {

namespace {

void describe_action(SearchOptions& options, Syntax& syntax) {
    std::vector<std::string> names;
    std::string texts;
    for (const SearchAction& action : search_actions()) {
        names.emplace_back(action.name);
        texts += fmt::format("{}{}: {}", texts.empty() ? "" : "; ", action.name, action.text);
    }
    const auto take = [&options](const std::string& word) -> Status {
        const auto& all = search_actions();
        options.action = &*std::find_if(
            all.begin(), all.end(), [&](const SearchAction& each) { return each.name == word; });
        return {};
    };
    syntax.taken("action", take, "ACTION", std::move(texts)).one_of(std::move(names)).required();
}

void describe(SearchOptions& options, Syntax& syntax) {
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
    syntax.check([&options] { return check_line(options); });
}

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

Result<ExitCode> perform(const SearchOptions& options, const Context& context) {
    TRY(const search::Study study, read_study_of(options, context.terminal));
    return options.action->perform(options, study, context.terminal);
}

} // namespace

Command search_command() {
    return define_command<SearchOptions>(
        {"search", "proposes parameters for trials, without a cluster",
         "  {} search serve search.yaml --history search.jsonl\n"
         "  {} search explain search.yaml --history search.jsonl\n"
         "  {} search predict search.yaml --history search.jsonl --parameters lr=0.01,layers=3\n"
         "  {} search simulate search.yaml"},
        describe, perform);
}

} // namespace pedigree::cli

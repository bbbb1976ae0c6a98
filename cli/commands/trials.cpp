// pedigree trials: the trials of an Experiment's search (docs/spec/trials.md).

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/experiment/experiment.h"
#include "cli/trials/choice.h"
#include "cli/trials/importance.h"
#include "cli/trials/list.h"
#include "cli/trials/table.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string name;
    TrialChoice choice;
    std::optional<std::int64_t> limit; // none: all
    bool all_parameters = false;
    bool importance = false; // how much each parameter matters, instead of the trials
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("name", options.name, "NAME", "Experiment").from(Source::Experiments).required();
    const auto take_filter = [&options](const std::string& text) -> Status {
        TRY(TrialFilter filter, parse_filter(text));
        options.choice.filters.push_back(std::move(filter));
        return {};
    };
    syntax
        .taken("--filter", take_filter, "FIELD=VALUE",
               "Only trials like state=Failed or 'train.lr>0.01'; may be given several times")
        .repeated()
        .such_as({"state=Completed", "state=Failed", "state=Running", "state=Stopped",
                  "failure=OutOfMemory"});
    syntax
        .value("--sort", options.choice.sort, "FIELD",
               "trial, value (best first), duration (longest first), or a parameter")
        .such_as({"trial", "value", "duration"})
        .usually(options.choice.sort);
    syntax.number("--limit", options.limit, "At most so many", 1);
    syntax.flag("--all-parameters", options.all_parameters, "Also those that never vary");
    syntax.flag("--importance", options.importance, "Instead: how much each parameter matters");
    syntax.format(options.format, {Format::Table, Format::Wide, Format::Json, Format::Csv});
}

Json chosen_items(Json document, const std::vector<std::size_t>& places) {
    Json items = Json::array();
    for (const std::size_t place : places) {
        items.push_back(std::move(document["items"][place]));
    }
    document["items"] = std::move(items);
    return document;
}

Result<ExitCode> show_importance(const Json& document, Format format, Terminal& terminal) {
    TRY(const auto importance, importance_from(document));
    if (format == Format::Json) {
        terminal.out << document_text(enveloped("Importance", importance_json(importance)),
                                      Format::Json);
    } else if (importance.empty()) {
        terminal.err << "too few trials have a value yet to say which parameters matter\n";
    } else {
        terminal.out << render(importance_table(importance), terminal);
    }
    return ExitCode::Ok;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    TrialChoice choice = options.choice;
    choice.limit = static_cast<std::size_t>(options.limit.value_or(0));
    TRY(Json document, read_trials(cluster, experiment_name(options.name)));
    if (options.importance) {
        return show_importance(document, options.format, terminal);
    }
    const TrialList list = trial_list_from(document);
    const Instant now = cluster.clock.now();
    TRY(const auto places, chosen_trials(list, choice, now));
    if (options.format == Format::Json) {
        terminal.out << document_text(
            enveloped("TrialList", chosen_items(std::move(document), places)), Format::Json);
        return ExitCode::Ok;
    }
    if (options.format == Format::Csv) {
        terminal.out << trial_csv(list, places, now);
        return ExitCode::Ok;
    }
    if (!places.empty()) {
        const TrialTableShape shape{options.all_parameters ? all_parameters(list.trials)
                                                           : varying_parameters(list.trials),
                                    options.format == Format::Wide};
        const Table table = trial_table(list, places, shape, now);
        terminal.out << (shape.wide ? render(table, terminal.out_coloured)
                                    : render(table, terminal));
    }
    if (places.size() < list.trials.size()) {
        terminal.err << fmt::format("{} of {} trials are shown\n", places.size(),
                                    list.trials.size());
    }
    terminal.err << printable(trial_summary(list)) << '\n';
    return ExitCode::Ok;
}

} // namespace

Command trials_command() {
    return define_command<Options>({"trials", "lists the trials of an Experiment's search",
                                    "  {} trials mnist-4 --sort value --limit 5\n"
                                    "  {} trials mnist-4 --filter state=Failed -o wide\n"
                                    "  {} trials mnist-4 --filter 'train.lr>0.01' -o csv"},
                                   describe, perform);
}

} // namespace pedigree::cli

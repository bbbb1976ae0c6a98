// pedigree runs: the runs that scripts had in their trackers, of all trackers at once.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/experiment/experiment.h"
#include "cli/runs/choice.h"
#include "cli/runs/table.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string name; // empty: of all Experiments
    RunChoice choice;
    std::optional<std::int64_t> limit; // none: all
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("name", options.name, "NAME", "Experiment; none: all of the namespace")
        .from(Source::Experiments);
    const auto take_condition = [&options](const std::string& text) -> Status {
        TRY(options.choice.where, parse_condition(text));
        return {};
    };
    syntax.taken("--where", take_condition, "CONDITION",
                 "Only runs like 'metric.f1 > 0.9 and param.lr < 0.01'");
    syntax.value("--tracker", options.choice.tracker, "NAME", "Only of this tracker")
        .such_as({"MLflow", "TensorBoard", "W&B", "ClearML"});
    const auto take_sort = [&options](const std::string& text) -> Status {
        TRY(options.choice.sort, parse_run_field(text));
        return {};
    };
    syntax.taken("--sort", take_sort, "FIELD", "metric.NAME, param.NAME or name, smallest first")
        .such_as({"name", "tracker", "status", "experiment", "trial"})
        .usually("newest first");
    syntax.flag("--descending", options.choice.descending, "With --sort: largest first");
    syntax.number("--limit", options.limit, "At most so many", 1);
    syntax.format(options.format, {Format::Table, Format::Wide, Format::Json, Format::Csv});
    syntax.check([&options]() -> Status {
        return options.choice.descending && !options.choice.sort
                   ? failure(ErrorCode::InvalidInput, "--descending needs --sort FIELD")
                   : Status();
    });
}

void say_what_is_missing(const RunList& all, std::size_t shown, const Options& options,
                         std::ostream& err) {
    if (all.runs.empty()) {
        err << fmt::format("no run is recorded{} yet; a run is, when its attempt has ended\n",
                           options.name.empty() ? "" : " of " + printable(options.name));
        return;
    }
    for (const std::string& sentence : unknown_fields(all.runs, options.choice)) {
        err << printable(sentence) << '\n';
    }
    if (shown < all.runs.size()) {
        err << fmt::format("{} of {} runs are shown\n", shown, all.runs.size());
    }
    if (all.truncated) {
        err << fmt::format("there are more: only the {} newest were looked at\n", all.runs.size());
    }
}

void print_table(const std::vector<TrackerRun>& runs, const Options& options, Instant now,
                 Terminal& terminal) {
    std::vector<RunField> asked =
        options.choice.where ? fields_in(*options.choice.where) : std::vector<RunField>();
    if (options.choice.sort) {
        asked.insert(asked.begin(), *options.choice.sort);
    }
    const bool wide = options.format == Format::Wide;
    const std::size_t logged = logged_fields(runs).size();
    const RunTableShape shape{run_columns(runs, asked, wide ? logged : run_columns_max),
                              !options.name.empty(), wide};
    const Table table = run_table(runs, shape, now);
    terminal.out << (wide ? render(table, terminal.out_coloured) : render(table, terminal));
    if (shape.columns.size() < logged) {
        terminal.err << fmt::format("{} of {} parameters and metrics are shown (-o wide)\n",
                                    shape.columns.size(), logged);
    }
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    RunChoice choice = options.choice;
    choice.limit = static_cast<std::size_t>(options.limit.value_or(0));
    TRY(const RunList all,
        read_runs(cluster, options.name.empty() ? "" : experiment_name(options.name)));
    const std::vector<TrackerRun> runs = chosen_runs(all.runs, choice);
    if (options.format == Format::Json) {
        const RunList chosen{runs, all.as_of, all.truncated};
        terminal.out << document_text(enveloped("RunList", run_list_json(chosen)), Format::Json);
    } else if (options.format == Format::Csv) {
        terminal.out << run_csv(runs);
    } else if (!runs.empty()) {
        print_table(runs, options, cluster.clock.now(), terminal);
    }
    say_what_is_missing(all, runs.size(), options, terminal.err);
    return ExitCode::Ok;
}

} // namespace

Command runs_command() {
    return define_command<Options>(
        {"runs", "lists the runs of trackers, those that are good enough or all",
         "  {} runs mnist-4 --sort metric.loss\n"
         "  {} runs --where 'metric.f1 > 0.9 and param.lr < 0.01' --limit 10\n"
         "  {} runs mnist-4 -o csv"},
        describe, perform);
}

} // namespace pedigree::cli

// pedigree metrics: the values of metrics over the steps of a training, as the record keeps them.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/experiment/experiment.h"
#include "cli/metrics/plot.h"
#include "cli/metrics/table.h"
#include "cli/runs/run.h"

namespace pedigree::cli {

namespace {

struct Options {
    SeriesQuestion question;
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    SeriesQuestion& question = options.question;
    syntax.value("name", question.experiment, "NAME", "Experiment")
        .from(Source::Experiments)
        .required();
    syntax.value("--run", question.run, "RUN", "Only of this run, by its id or name");
    syntax.value("--key", question.key, "METRIC", "Only this metric, with its values");
    syntax.number("--trial", question.trial, "Of this trial; else of the best, or the last", 1);
    syntax.number("--attempt", question.attempt, "Of this attempt of the trial, not its last", 1);
    syntax.format(options.format, {Format::Table, Format::Wide, Format::Json, Format::Csv});
}

// A run says itself which attempt made it.
Status place_run(const Cluster& cluster, SeriesQuestion& question) {
    if (question.run.empty() || question.trial) {
        return {};
    }
    TRY(const RunList list, read_runs(cluster, question.experiment));
    std::vector<const TrackerRun*> found;
    for (const TrackerRun& run : list.runs) {
        if (run.id == question.run || run.name == question.run) {
            found.push_back(&run);
        }
    }
    if (found.size() == 1 && found.front()->attempt > 0) {
        question.trial = found.front()->trial;
        question.attempt = found.front()->attempt;
        question.run = found.front()->id;
        return {};
    }
    if (found.size() > 1) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} runs of {} are named {}; give the id of one: pedigree runs "
                                   "{} -o wide",
                                   found.size(), question.experiment, question.run,
                                   question.experiment));
    }
    return failure(ErrorCode::NotFound,
                   fmt::format("{} has no run {} that an attempt made; see pedigree runs {}",
                               question.experiment, question.run, question.experiment));
}

// What there is instead of a metric that was never logged.
Error not_logged(const Cluster& cluster, SeriesQuestion question) {
    const std::string key = std::exchange(question.key, "");
    std::string meant;
    if (const auto all = read_series(cluster, question)) {
        std::vector<std::string> keys;
        for (const Series& series : series_list_from(*all).series) {
            keys.push_back(series.key);
        }
        meant = did_you_mean(key, keys);
    }
    return Error(
        ErrorCode::NotFound,
        fmt::format("{} logged no metric \"{}\"{}", question.experiment, key,
                    meant.empty() ? "; see pedigree metrics " + question.experiment : meant));
}

void print_plots(const std::vector<Series>& series, Terminal& terminal) {
    constexpr std::size_t columns_max = 100, plots_max = 4;
    for (std::size_t i = 0; i < std::min(series.size(), plots_max); ++i) {
        const PlotShape shape{.columns = std::min(terminal.out_columns, columns_max),
                              .unicode = terminal.unicode};
        const std::string plot = plot_text(series[i].points, shape);
        if (!plot.empty()) {
            terminal.out << fmt::format("\n{} of {}\n{}", printable(series[i].key),
                                        printable(series[i].run_text()), plot);
        }
    }
}

void say_what_is_not_kept(const SeriesList& list, std::ostream& err) {
    for (const Series& series : list.series) {
        const auto kept = static_cast<std::int64_t>(series.points.size());
        if (kept < series.count) {
            err << fmt::format("{} of {}: {} of {} values are kept, the first, last, least and "
                               "greatest among them\n",
                               printable(series.key), printable(series.run_text()), kept,
                               series.count);
        }
    }
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    SeriesQuestion question = options.question;
    question.experiment = experiment_name(question.experiment);
    TRY(place_run(cluster, question));
    TRY(Json document, read_series(cluster, question));
    const SeriesList list = series_list_from(document);
    if (list.series.empty() && !question.key.empty()) {
        return tl::unexpected(not_logged(cluster, question));
    }
    const bool wide = options.format == Format::Wide;
    if (options.format == Format::Json) {
        terminal.out << document_text(enveloped("MetricList", std::move(document)), Format::Json);
    } else if (options.format == Format::Csv) {
        terminal.out << series_csv(list.series);
    } else if (list.series.empty()) {
        terminal.err << fmt::format("no metric is recorded of trial {}, attempt {}\n", list.trial,
                                    list.attempt);
    } else {
        const bool of_one = !question.key.empty();
        const Table table = of_one ? points_table(list.series) : series_table(list.series, wide);
        terminal.out << (wide ? render(table, terminal.out_coloured) : render(table, terminal));
        if (of_one && terminal.out_columns > 0) {
            print_plots(list.series, terminal);
        }
        if (of_one) {
            say_what_is_not_kept(list, terminal.err);
        }
    }
    if (list.truncated) {
        terminal.err << "the account of this attempt is larger than what is looked at: there are "
                        "more metrics\n";
    }
    return ExitCode::Ok;
}

} // namespace

Command metrics_command() {
    return define_command<Options>({"metrics",
                                    "shows the values of metrics over the steps of a training",
                                    "  {} metrics mnist-4\n"
                                    "  {} metrics mnist-4 --key val/loss\n"
                                    "  {} metrics mnist-4 --trial 7 --key loss -o csv"},
                                   describe, perform);
}

} // namespace pedigree::cli

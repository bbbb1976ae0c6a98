// pedigree compare: what differs between trials, Experiments or models.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/app/read_api.h"
#include "cli/experiment/experiment.h"
#include "cli/lineage/comparison.h"
#include "cli/lineage/subject.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::vector<std::string> subjects; // exp/NAME, NAME/TRIAL, sha256:..., a folder
    bool all = false;                  // also what is the same
    bool runs = false;                 // each run of a subject's trial is a column
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax
        .values("subjects", options.subjects, "SUBJECT",
                "exp/NAME, exp/NAME/TRIAL, a model's folder or sha256:...")
        .from(Source::Subjects)
        .required();
    syntax.flag("--all", options.all, "Also what is the same in all");
    syntax.flag("--runs", options.runs, "Each run of a subject's trial is a column of its own");
    syntax.format(options.format, {Format::Table, Format::Wide, Format::Json});
    syntax.check([&options] {
        return options.runs || options.subjects.size() > 1
                   ? Status()
                   : failure(ErrorCode::InvalidInput,
                             "compare takes two subjects or more, or one with --runs");
    });
}

constexpr std::size_t runs_max = 8; // of one trial, whose metrics are read

Result<Json> read_trace(const Cluster& cluster, const std::string& query) {
    return read_lineage(cluster, "traces/" + net::percent_encode(query), "trace of " + query);
}

// The trial that is meant: the one named, else the best, else the last.
Result<Trial> trial_in(const TrialList& list, std::int64_t named) {
    if (list.trials.empty()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("{} has no trial yet; see pedigree describe {}", list.experiment,
                                   list.experiment));
    }
    const std::int64_t best = list.best > 0 ? list.best : list.trials.back().number;
    const Trial* trial = list.find(named > 0 ? named : best);
    if (trial == nullptr) {
        return failure(ErrorCode::NotFound,
                       fmt::format("{} has no trial {}; see pedigree trials {}", list.experiment,
                                   named, list.experiment));
    }
    return *trial;
}

Result<Scalars> read_metrics(const Cluster& cluster, const std::vector<std::string>& runs) {
    Scalars metrics;
    for (std::size_t i = 0; i < std::min(runs.size(), runs_max); ++i) {
        TRY(const Json answer, read_trace(cluster, "run:" + runs[i]));
        metrics.merge(metrics_from(answer)); // of runs that say the same the first counts
    }
    return metrics;
}

void take_trial(Compared& one, const TrialList& list, const Trial& trial) {
    one.label = list.max_trials == 1 ? list.experiment
                                     : fmt::format("{}/{}", list.experiment, trial.number);
    one.trial = trial;
    one.metric = list.metric;
}

Result<Compared> read_trial(const Cluster& cluster, const TrialName& name) {
    TRY(const Json document, read_trials(cluster, name.experiment));
    const TrialList list = trial_list_from(document);
    TRY(const Trial trial, trial_in(list, name.trial));
    Compared one;
    take_trial(one, list, trial);
    // One that never had a pod shows what all attempts of its Experiment have in common.
    TRY(const Json answer, read_trace(cluster, trial.pod_uid.empty() ? "exp:" + name.experiment
                                                                     : "attempt:" + trial.pod_uid));
    one.ancestry = ancestry_from(answer);
    TRY(one.metrics, read_metrics(cluster, trial.run_ids));
    return one;
}

// Bytes, a run or an attempt: from the trace to its trial.
Result<Compared> read_traced(const Cluster& cluster, const std::string& subject) {
    TRY(const std::string query, query_for(subject, cluster));
    const bool is_run = query.starts_with("run:");
    TRY(const Json answer, read_trace(cluster, query));
    Compared one;
    one.label = subject;
    one.ancestry = ancestry_from(answer);
    if (one.ancestry.attempt.empty()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("no attempt is known that made {}; see pedigree trace {}",
                                   subject, subject));
    }
    const auto document = read_trials(cluster, one.ancestry.experiment);
    const TrialList list = document ? trial_list_from(*document) : TrialList{};
    const Trial* trial = list.find(one.ancestry.trial);
    if (list.uid == one.ancestry.experiment_uid && trial != nullptr) {
        take_trial(one, list, *trial);
        if (!is_run) {
            TRY(one.metrics, read_metrics(cluster, trial->run_ids));
        }
    }
    if (is_run) { // three runs of one script's loop are three columns
        one.label = subject;
        one.metrics = metrics_from(answer);
        one.run_name = run_name_from(answer);
        one.run_parameters = run_parameters_from(answer);
    }
    return one;
}

Result<Compared> read_subject(const Cluster& cluster, const std::string& subject) {
    const auto name = trial_name_from(subject);
    return name ? read_trial(cluster, *name) : read_traced(cluster, subject);
}

// What stands for a subject: itself, or with --runs the runs that its trial made.
Result<std::vector<Compared>> columns_of(const Cluster& cluster, const std::string& subject,
                                         bool runs, std::ostream& err) {
    TRY(Compared whole, read_subject(cluster, subject));
    const bool is_run = subject.starts_with("run:");
    if (!runs || is_run) {
        std::vector<Compared> columns;
        columns.push_back(std::move(whole));
        return columns;
    }
    const std::vector<std::string> ids =
        whole.trial ? whole.trial->run_ids : std::vector<std::string>();
    if (ids.empty()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("no run of {} is recorded; see pedigree runs {}", whole.label,
                                   whole.ancestry.experiment));
    }
    std::vector<Compared> columns;
    for (std::size_t i = 0; i < std::min(ids.size(), runs_max); ++i) {
        TRY(Compared run, read_traced(cluster, "run:" + ids[i]));
        columns.push_back(std::move(run));
    }
    if (ids.size() > runs_max) {
        err << fmt::format("warning: the first {} of {} runs of {} are compared\n", runs_max,
                           ids.size(), printable(whole.label));
    }
    return columns;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    std::vector<Compared> compared;
    for (const std::string& subject : options.subjects) {
        TRY(auto columns, columns_of(cluster, subject, options.runs, terminal.err));
        for (Compared& one : columns) {
            if (one.ancestry.truncated) {
                terminal.err << fmt::format("warning: the trace of {} was cut by a limit\n",
                                            printable(one.label));
            }
            compared.push_back(std::move(one));
        }
    }
    std::vector<ComparedRow> rows = compared_rows(compared, cluster.clock.now());
    const std::size_t known = rows.size();
    if (!options.all) {
        std::erase_if(rows, [](const ComparedRow& row) { return !row.differs(); });
    }
    if (options.format == Format::Json) {
        terminal.out << document_text(enveloped("Comparison", comparison_json(compared, rows)),
                                      Format::Json);
        return ExitCode::Ok;
    }
    if (!rows.empty()) {
        const Table table = comparison_table(compared, rows);
        terminal.out << (options.format == Format::Wide ? render(table, terminal.out_coloured)
                                                        : render(table, terminal));
    }
    if (rows.size() < known) {
        terminal.err << fmt::format("{}the same in all: {} more (--all shows them)\n",
                                    rows.empty() ? "nothing differs; " : "", known - rows.size());
    }
    return ExitCode::Ok;
}

} // namespace

Command compare_command() {
    return define_command<Options>({"compare",
                                    "tells what differs between trials, Experiments or models",
                                    "  {} compare mnist-4/3 mnist-4/7\n"
                                    "  {} compare exp/mnist-3 exp/mnist-4 --all\n"
                                    "  {} compare mnist-4/3 --runs\n"
                                    "  {} compare ./model-a ./model-b -o json"},
                                   describe, perform);
}

} // namespace pedigree::cli

// pedigree logs: what the training container printed, as long as the record does.

#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/time_text.h"
#include "cli/experiment/experiment.h"
#include "cli/experiment/log_reader.h"
#include "cli/experiment/youngest.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string name; // empty with latest
    bool latest = false;
    bool follow = false;
    std::optional<std::int64_t> trial;   // of a search; none: that of the youngest pod
    std::optional<std::int64_t> attempt; // none: the last one, and with follow those after it
    std::optional<std::int64_t> tail;    // lines; none: all
    std::chrono::milliseconds since{0};  // 0: from the beginning
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("name", options.name, "NAME", "Experiment").from(Source::Experiments);
    syntax.flag("--latest", options.latest, "The youngest Experiment");
    syntax.flag("-f,--follow", options.follow,
                "Wait for the start, follow retries, return at the end");
    syntax.number("--trial", options.trial, "This trial of a search, counted from 1", 1);
    syntax.number("--attempt", options.attempt, "This attempt; none: the last one", 1);
    syntax.number("--tail", options.tail, "Of what is there now only the last lines", 0);
    const auto take_since = [&options](const std::string& text) -> Status {
        TRY(options.since, parse_duration(text));
        return {};
    };
    syntax.taken("--since", take_since, "TIME",
                 "Of what is there now only what was printed within this time, such as 10m; while "
                 "the pod is there");
    syntax.check([&options] {
        return options.name.empty() == options.latest
                   ? Status()
                   : failure(ErrorCode::InvalidInput,
                             "name one Experiment, or give --latest instead of a name");
    });
}

Result<std::string> youngest(const Cluster& cluster) {
    TRY(const auto latest, youngest_experiment(cluster, [](const Experiment&) { return true; }));
    if (!latest) {
        return failure(ErrorCode::NotFound,
                       fmt::format("no Experiments found in namespace {}", cluster.name_space));
    }
    return latest->key.name;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    std::string name = experiment_name(options.name);
    if (options.latest) {
        TRY(name, youngest(cluster));
    }
    LogWindowLimits window{options.tail, std::nullopt};
    if (options.since.count() > 0) {
        window.since = cluster.clock.now() - options.since;
    }
    LogReader reader(name, options.trial.value_or(0), window, cluster, context.terminal);
    return options.follow ? reader.follow(options.attempt.value_or(0))
                          : reader.print(options.attempt.value_or(0));
}

} // namespace

Command logs_command() {
    return define_command<Options>({"logs",
                                    "prints what the training printed, also after its pod is gone",
                                    "  {} logs -f mnist-1\n"
                                    "  {} logs mnist-1 --tail 20\n"
                                    "  {} logs mnist-1 --attempt 2\n"
                                    "  {} logs -f --latest"},
                                   describe, perform);
}

} // namespace pedigree::cli

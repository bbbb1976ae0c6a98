// pedigree wait: returns when all named Experiments are as asked; its exit code is their result.

#include <fmt/format.h>

#include "cli/app/command.h"
#include "cli/app/time_text.h"
#include "cli/experiment/experiment.h"
#include "cli/experiment/goal.h"
#include "cli/experiment/observe.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::vector<std::string> names;
    std::string what = "condition=Finished"; // as parse_goal() reads it
    std::chrono::milliseconds timeout{0};    // 0: no limit
};

void describe(Options& options, Syntax& syntax) {
    syntax.values("names", options.names, "NAME", "Experiments")
        .from(Source::Experiments)
        .required();
    syntax.value("--for", options.what, "WHAT", "condition=TYPE[=STATUS], phase=PHASE or delete")
        .such_as({"condition=Finished", "condition=Succeeded", "condition=ImageReady",
                  "condition=Running", "condition=LineageRecorded", "delete"})
        .usually(options.what);
    const auto take_timeout = [&options](const std::string& text) -> Status {
        TRY(options.timeout, parse_duration(text));
        return {};
    };
    syntax.taken("--timeout", take_timeout, "TIME",
                 "Give up after this long, such as 10m; 0: never");
}

Result<ExitCode> wait_for_one(const std::string& name, const Goal& goal, const Cluster& cluster,
                              const ObserveLimits& limits, Terminal& terminal) {
    ExitCode code = ExitCode::Ok;
    const auto look = [&](const Experiment* experiment) -> Result<Observed> {
        const Progress progress = progress_towards(goal, experiment);
        if (progress == Progress::Open) {
            return Observed::GoOn;
        }
        if (experiment == nullptr && progress == Progress::Impossible) {
            return failure(ErrorCode::NotFound,
                           fmt::format("experiment {} does not exist in namespace {}", name,
                                       cluster.in_namespace));
        }
        const bool is_end = goal.kind == Goal::Kind::Condition && goal.word == "Finished";
        const bool failed = progress == Progress::Impossible ||
                            (is_end && experiment != nullptr && !experiment->succeeded());
        const bool searched = is_end && experiment != nullptr && !experiment->progress.empty();
        if (failed || searched) {
            terminal.err << result_text(*experiment) << '\n';
        }
        code = failed ? ExitCode::Failed : code;
        if (progress == Progress::Reached) {
            terminal.out << fmt::format("experiment.pedigree.dev/{} {}\n", name,
                                        goal.kind == Goal::Kind::Deleted ? "deleted"
                                                                         : "condition met");
        }
        return Observed::Enough;
    };
    TRY(observe(cluster, name, limits, look));
    return code;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    using std::chrono::milliseconds;
    using std::chrono::steady_clock;
    TRY(const Goal goal, parse_goal(options.what));
    const auto end = steady_clock::now() + options.timeout;
    ExitCode result = ExitCode::Ok;
    for (const std::string& argument : options.names) {
        ObserveLimits limits;
        if (options.timeout.count() > 0) {
            const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
            limits.timeout = std::max(left, milliseconds(1)); // each is looked at once, at least
        }
        const std::string name = experiment_name(argument);
        const auto code = wait_for_one(name, goal, cluster, limits, terminal);
        if (!code && code.error().code == ErrorCode::Timeout && limits.timeout.count() > 0) {
            terminal.err << fmt::format("error: experiment {} was not \"{}\" in time; it goes on: "
                                        "pedigree describe {}\n",
                                        name, options.what, name);
            return ExitCode::TimedOut;
        }
        TRY(const ExitCode one, code);
        result = one == ExitCode::Ok ? result : one;
    }
    return result;
}

} // namespace

Command wait_command() {
    return define_command<Options>(
        {"wait",
         "returns when Experiments have ended, or are as asked; the exit code is their result",
         "  {} wait mnist-1 --timeout 10m\n"
         "  {} wait mnist-1 --for condition=ImageReady"},
        describe, perform);
}

} // namespace pedigree::cli

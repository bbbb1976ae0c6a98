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
    Goal goal;
    std::chrono::milliseconds timeout{0}; // 0: no limit
};

void describe(Options& options, Syntax& syntax) {
    syntax.values("names", options.names, "NAME", "Experiments")
        .from(Source::Experiments)
        .required();
    const auto take_goal = [&options](const std::string& text) -> Status {
        TRY(options.goal, parse_goal(text));
        return {};
    };
    syntax.taken("--for", take_goal, "WHAT", "condition=TYPE[=STATUS], phase=PHASE or delete")
        .such_as(all_goals())
        .usually(options.goal.text());
    const auto take_timeout = [&options](const std::string& text) -> Status {
        TRY(options.timeout, parse_duration(text));
        return {};
    };
    syntax.taken("--timeout", take_timeout, "TIME",
                 "Give up after this long, such as 10m; 0: never");
}

// Waits for one Experiment.
class Waiting {
  public:
    Waiting(std::string name, const Goal& goal, const Cluster& cluster, Terminal& terminal)
        : name_(std::move(name)), goal_(goal), cluster_(cluster), terminal_(terminal) {}

    Result<ExitCode> until(const ObserveLimits& limits) {
        TRY(observe(
            cluster_, name_, limits, [&](const Experiment* found) { return look(found); },
            terminal_));
        return code_;
    }

  private:
    Result<Observed> look(const Experiment* experiment) {
        const Progress progress = progress_towards(goal_, experiment);
        if (progress == Progress::Open) {
            say_waiting(*experiment);
            return Observed::GoOn;
        }
        if (experiment == nullptr && progress == Progress::Impossible) {
            return failure(ErrorCode::NotFound,
                           fmt::format("experiment {} does not exist in namespace {}", name_,
                                       cluster_.name_space));
        }
        const bool is_end = goal_.kind == Goal::Kind::Condition && goal_.word == "Finished";
        const bool failed = progress == Progress::Impossible ||
                            (is_end && experiment != nullptr && !experiment->succeeded());
        const bool searched = is_end && experiment != nullptr && !experiment->progress.empty();
        if (failed || searched) {
            terminal_.err << result_text(*experiment) << '\n';
        }
        code_ = failed ? ExitCode::Failed : ExitCode::Ok;
        if (progress == Progress::Reached) {
            terminal_.out << fmt::format("experiment.pedigree.dev/{} {}\n", name_,
                                         goal_.kind == Goal::Kind::Deleted ? "deleted"
                                                                           : "condition met");
        }
        return Observed::Enough;
    }

    // Once, with what it does now.
    void say_waiting(const Experiment& experiment) {
        if (said_) {
            return;
        }
        said_ = true;
        terminal_.err << fmt::format("-- waiting for {} of experiment {}, which is {}\n",
                                     goal_.text(), name_, printable(experiment.state_text()))
                      << std::flush;
    }

    const std::string name_;
    const Goal& goal_;
    const Cluster& cluster_;
    Terminal& terminal_;
    ExitCode code_ = ExitCode::Ok;
    bool said_ = false;
};

Result<ExitCode> perform(const Options& options, const Context& context) {
    using std::chrono::milliseconds;
    using std::chrono::steady_clock;
    TRY(const Cluster* const cluster, context.cluster());
    const auto end = steady_clock::now() + options.timeout;
    ExitCode result = ExitCode::Ok;
    for (const std::string& argument : options.names) {
        ObserveLimits limits;
        if (options.timeout.count() > 0) {
            const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
            limits.timeout = std::max(left, milliseconds(1)); // each is looked at once, at least
        }
        const std::string name = experiment_name(argument);
        const auto code = Waiting(name, options.goal, *cluster, context.terminal).until(limits);
        if (!code && code.error().code == ErrorCode::Timeout && limits.timeout.count() > 0) {
            context.terminal.err << fmt::format(
                "error: experiment {} was not \"{}\" in time; it goes on: pedigree describe {}\n",
                name, options.goal.text(), name);
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

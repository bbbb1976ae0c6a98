#include "cli/commands/wait.h"

#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/experiment/experiment.h"
#include "cli/experiment/observe.h"

namespace pedigree::cli {

Result<Goal> parse_goal(std::string_view text) {
    if (text == "delete") {
        return Goal{Goal::Kind::Deleted, "", ""};
    }
    for (const auto& [prefix, kind] :
         {std::pair{std::string_view("condition="), Goal::Kind::Condition},
          std::pair{std::string_view("phase="), Goal::Kind::Phase}}) {
        if (!text.starts_with(prefix) || text.size() == prefix.size()) {
            continue;
        }
        const std::string_view word = text.substr(prefix.size());
        const std::size_t equals = word.find('=');
        const std::string status =
            equals == std::string_view::npos ? "True" : std::string(word.substr(equals + 1));
        return Goal{kind, std::string(word.substr(0, equals)), status};
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("--for {}: write condition=TYPE, condition=TYPE=STATUS, phase=PHASE "
                               "or delete",
                               text));
}

Progress progress_towards(const Goal& goal, const Experiment* experiment) {
    if (goal.kind == Goal::Kind::Deleted) {
        return experiment == nullptr ? Progress::Reached : Progress::Open;
    }
    if (experiment == nullptr) {
        return Progress::Impossible;
    }
    bool reached = false;
    if (goal.kind == Goal::Kind::Phase) {
        reached = experiment->phase == goal.word;
    } else {
        const Condition* condition = experiment->condition(goal.word);
        reached = condition != nullptr && condition->status == goal.status;
    }
    if (reached) {
        return Progress::Reached;
    }
    // Nothing of an Experiment that has ended changes any more.
    return experiment->finished() ? Progress::Impossible : Progress::Open;
}

std::string result_text(const Experiment& experiment) {
    std::string text = fmt::format("experiment {}: {}", experiment.key.name, experiment.phase);
    if (!experiment.reason.empty() && experiment.reason != experiment.phase) {
        text += ": " + experiment.reason;
    }
    if (!experiment.message.empty()) {
        text += ": " + experiment.message;
    }
    if (const std::string search = experiment.search_text(); !search.empty()) {
        text += "; " + search;
    }
    return printable(text);
}

namespace {

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

} // namespace

Result<ExitCode> perform(const WaitOptions& options, const Cluster& cluster, Terminal& terminal) {
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

} // namespace pedigree::cli

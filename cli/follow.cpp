#include "cli/follow.h"

#include <fmt/format.h>

#include "cli/observe.h"
#include "cli/time_text.h"
#include "cli/wait.h"

namespace pedigree::cli {

std::string FollowLines::next(const Experiment& experiment, std::chrono::seconds elapsed,
                              bool in_colour) {
    const bool is_step = experiment.phase != phase_ || experiment.reason != reason_;
    const bool is_word = experiment.message != message_;
    const bool is_quiet = !interactive_ && elapsed - shown_at_ < quiet_time;
    if (experiment.phase.empty() || (!is_step && (!is_word || is_quiet))) {
        return "";
    }
    phase_ = experiment.phase;
    reason_ = experiment.reason;
    message_ = experiment.message;
    shown_at_ = elapsed;
    std::string line =
        fmt::format("{:>7}  {}", age_text(elapsed),
                    coloured(printable(phase_), colour_of_phase(phase_), in_colour));
    if (!reason_.empty() && reason_ != phase_) {
        line += "  " + printable(reason_);
    }
    if (!message_.empty()) {
        line += "  " + printable(message_);
    }
    return line + "\n";
}

namespace {

void say_end(const Experiment& experiment, std::chrono::seconds elapsed, Terminal& terminal) {
    const std::string& name = experiment.key.name;
    terminal.err << fmt::format("experiment {} {} after {}\n", name,
                                experiment.succeeded() ? "succeeded" : "did not succeed",
                                age_text(elapsed));
    terminal.err << fmt::format("  next: {} {}\n",
                                experiment.succeeded() ? "pedigree trace exp/" + name
                                                       : "pedigree describe " + name,
                                experiment.succeeded() ? "" : "and pedigree logs " + name);
}

} // namespace

Result<ExitCode> follow(const std::string& name, const Cluster& cluster, Terminal& terminal) {
    FollowLines lines(terminal.err_interactive);
    ExitCode code = ExitCode::Ok;
    const Instant begin = cluster.clock.now();
    const auto look = [&](const Experiment* experiment) -> Result<Observed> {
        if (experiment == nullptr) {
            return failure(ErrorCode::NotFound,
                           fmt::format("experiment {}/{} was deleted while it was followed; its "
                                       "record stays: pedigree trace exp/{}",
                                       cluster.in_namespace, name, name));
        }
        const Instant since = experiment->created.value_or(begin);
        const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(
            std::max(cluster.clock.now(), since) - since);
        terminal.err << lines.next(*experiment, elapsed, terminal.err_coloured) << std::flush;
        if (!experiment->finished()) {
            return Observed::GoOn;
        }
        code = experiment->succeeded() ? ExitCode::Ok : ExitCode::Failed;
        say_end(*experiment, elapsed, terminal);
        return Observed::Enough;
    };
    const Status status = observe(cluster, name, {}, look);
    if (!status && status.error().code == ErrorCode::Cancelled) {
        terminal.err << fmt::format("\nexperiment {} goes on; follow it again: pedigree logs -f {} or "
                                    "pedigree wait {}; end it: kubectl delete experiment {}\n",
                                    name, name, name, name);
        return ExitCode::Interrupted;
    }
    TRY(status);
    return code;
}

} // namespace pedigree::cli

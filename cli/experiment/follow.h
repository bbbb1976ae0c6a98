#pragma once
// Following an Experiment to its end: one line for each step it takes, on standard error, then its
// result.

#include <chrono>
#include <string>

#include "cli/app/cluster.h"
#include "cli/app/exit_code.h"
#include "cli/app/terminal.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

// Decides which states are worth a line. Pure but for the times it is given. Where nobody watches
// (a CI log), a change of the message alone is shown at most every quiet_time.
class FollowLines {
  public:
    explicit FollowLines(bool interactive) : interactive_(interactive) {}

    // Empty: nothing new to say.
    std::string next(const Experiment& experiment, std::chrono::seconds elapsed, bool in_colour);
    // The same for what the training says (cli/experiment/training.h).
    std::string next_training(const std::string& text, std::chrono::seconds elapsed);
    bool is_training() const { return phase_ == "Running"; }

    static constexpr std::chrono::seconds quiet_time{30};

  private:
    const bool interactive_;
    std::string phase_;
    std::string reason_;
    std::string message_;
    std::string search_;
    std::string training_;
    std::chrono::seconds shown_at_{0};
};

// Ok if it succeeded, Failed if not, Interrupted after Ctrl-C (which does not end the Experiment).
Result<ExitCode> follow(const std::string& name, const Cluster& cluster, Terminal& terminal);

} // namespace pedigree::cli

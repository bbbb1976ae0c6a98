#pragma once
// What `pedigree wait` waits for, and how far an Experiment is. Pure.

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

struct Goal {
    enum class Kind { Condition, Phase, Deleted };
    Kind kind = Kind::Condition;
    std::string word;   // condition type or phase
    std::string status; // of the condition
};

// InvalidInput unless "condition=TYPE[=STATUS]", "phase=PHASE" or "delete".
Result<Goal> parse_goal(std::string_view text);

// Impossible: it has ended otherwise, so waiting longer changes nothing.
enum class Progress { Open, Reached, Impossible };
Progress progress_towards(const Goal& goal, const Experiment* experiment); // nullptr: there is none

// "experiment mnist-1: Failed: OutOfMemory: ...", in one line.
std::string result_text(const Experiment& experiment);

} // namespace pedigree::cli

#pragma once
// What `pedigree wait` waits for, and how far an Experiment is. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

struct Goal {
    enum class Kind { Condition, Phase, Deleted };
    Kind kind = Kind::Condition;
    std::string word = "Finished"; // condition type or phase, as the operator writes it
    std::string status = "True";   // of the condition

    // "condition=Finished", "condition=Succeeded=False", "phase=Running", "delete"
    std::string text() const;
};

// InvalidInput unless "condition=TYPE[=STATUS]", "phase=PHASE" or "delete"; the words are those
// that the operator writes, in any case of letters.
Result<Goal> parse_goal(std::string_view text);

// Every goal that can be written, for the completion.
std::vector<std::string> all_goals();

// Impossible: it has ended otherwise, so waiting longer changes nothing.
enum class Progress { Open, Reached, Impossible };
Progress progress_towards(const Goal& goal, const Experiment* experiment); // nullptr: there is none

// "experiment mnist-1: Failed: OutOfMemory: ...", in one line.
std::string result_text(const Experiment& experiment);

} // namespace pedigree::cli

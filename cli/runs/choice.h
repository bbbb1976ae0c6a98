#pragma once
// Which runs `pedigree runs` shows, and in which order. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/runs/condition.h"
#include "cli/runs/run.h"

namespace pedigree::cli {

struct RunChoice {
    std::optional<RunCondition> where;
    std::string tracker;          // "": of all; in any case of letters
    std::optional<RunField> sort; // none: newest first
    bool descending = false;      // largest first
    std::size_t limit = 0;        // 0: all
};

// Runs without the field stand last in both orders.
std::vector<TrackerRun> chosen_runs(const std::vector<TrackerRun>& runs, const RunChoice& choice);

// A sentence for each field of the choice that no run has, with the nearest that there is: nothing
// fits it, as if no run were good enough.
std::vector<std::string> unknown_fields(const std::vector<TrackerRun>& runs,
                                        const RunChoice& choice);

} // namespace pedigree::cli

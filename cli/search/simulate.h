#pragma once
// `pedigree search simulate`: how far a study's algorithm gets on random smooth functions over its
// own space, beside Random: whether maxTrials is enough, before a trial is run. Pure.

#include <cstdint>
#include <vector>

#include "cli/app/table.h"
#include "pipeline/search/study.h"

namespace pedigree::cli {

constexpr std::int64_t simulated_trials_max = 1000;

struct SimulatedStep {
    std::int64_t trials = 0;
    // Of random points, the mean share that is better than what the search would recommend.
    double better_share = 0;
};

// After each fifth of the study's trials, mean over so many functions.
std::vector<SimulatedStep> simulate(const search::Study& study, int functions);

// A column for the study's algorithm and one for Random.
Table simulation_table(const search::Study& study);

} // namespace pedigree::cli

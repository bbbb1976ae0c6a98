#pragma once
// Early stopping: whether a running trial is worth going on with, judged by what it and the others
// have reported so far. Pure functions of the study and the trials. Sources: median rule of Vizier
// (Golovin et al., KDD 2017); Asha in its stopping form (Li et al., MLSys 2020); Hyperband as W&B's
// early_terminate does it, band by band over all histories (docs/spec/search.md has the rules in
// words). Any thread.

#include <string>

#include "pipeline/search/study.h"
#include "pipeline/search/trials.h"

namespace pedigree::search {

struct StopDecision {
    bool stop = false;
    std::string reason; // CamelCase: NotFinite, Threshold, Patience, Median, Asha, Hyperband
    std::string message;
};

// After the newest report of trial `number`. Never stops a trial that has reported nothing.
StopDecision stop_decision(const Study& study, const Trials& trials, std::int64_t number);

// How much better finished trials still became, in the median, after the step to which this one
// came; 0 if none has gone further. What a trial stopped by comparison has not been given.
double typical_gain(const Study& study, const Trials& trials, const Trial& stopped);

// The best finite value that the trial reported, what a stopped trial counts with; nothing if it
// reported none.
std::optional<double> best_reported(const Objective& objective, const Trial& trial);

} // namespace pedigree::search

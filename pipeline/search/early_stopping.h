#pragma once
// Early stopping: whether a running trial is worth going on with, judged by what it and the others
// have reported so far. Pure functions of the study and the trials. Sources: median rule of Vizier
// (Golovin et al., KDD 2017); Asha in its stopping form (Li et al., MLSys 2020); Hyperband as W&B's
// early_terminate does it, band by band over all histories (docs/spec/search.md has the rules in
// words). Any thread.
//
// With best(t, s) the best loss that trial t has reported up to step s, for a running trial t at s:
//
//     Median     best(t, s) > median over completed trials c of the average of c's reports up to s
//     Asha       s reaches a rung r = minSteps * reduction^k, and best(t, r) is not among the
//                best 1 / reduction of best(u, r) of all trials u that have reached r
//     Hyperband  the same with W&B's bands; `strict` asks at every report, not at rungs alone
//
// The median rule compares t's *best* with the others' *average*: it spares what starts badly and
// swings. Asha needs no trial to have ended, so it stops early ones too: the first to reach a rung
// goes on in any case, since it is compared with nobody.
//
// A trial that is stopped has no final value. The model is told its best so far less the gain that
// finished trials still made in the median from that step on (typical_gain): taking it as it stands
// would punish slow starters, leaving it out would forget that it was tried.

#include <map>
#include <string>
#include <vector>

#include "pipeline/search/study.h"
#include "pipeline/search/trials.h"

namespace pedigree::search {

struct StopDecision {
    bool stop = false;
    std::string reason; // CamelCase: NotFinite, Threshold, Patience, Median, Asha, Hyperband
    std::string message;
};

// What the median rule compares with: for each trial that completed, the average loss that it had
// reported up to a step, sorted. Remembers what it has worked out: ask it of one growing Trials
// alone, for one objective. One thread at a time.
class FinishedAverages {
  public:
    const std::vector<double>& at(const Objective& objective, const Trials& trials,
                                  std::int64_t step);

  private:
    struct Column {
        std::size_t ended = 0; // so many of Trials::ended() were looked at
        std::vector<double> averages;
    };
    std::map<std::int64_t, Column> columns_; // by step
};

// After the newest report of trial `number`. Never stops a trial that has reported nothing.
StopDecision stop_decision(const Study& study, const Trials& trials, std::int64_t number);
// The same, for many reports of one search.
StopDecision stop_decision(const Study& study, const Trials& trials, std::int64_t number,
                           FinishedAverages& finished);

// How much better finished trials still became, in the median, after the step to which this one
// came; 0 if none has gone further. What a trial stopped by comparison has not been given.
double typical_gain(const Study& study, const Trials& trials, const Trial& stopped);

} // namespace pedigree::search

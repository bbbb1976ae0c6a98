#pragma once
// Study: everything a search is asked for, the typed form of what stands under `search:`
// (docs/spec/search.md). Plain values. document/read_study.h makes one from a document; importers
// make one from the documents of other tools.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/words.h"
#include "pipeline/search/space.h"

namespace pedigree::search {

enum class Goal { Maximize, Minimize };
// Which of the values that a trial logged counts.
enum class ObjectiveRule { Last, Min, Max, AtStep };
struct Objective {
    std::string metric;
    Goal goal = Goal::Maximize;
    ObjectiveRule rule = ObjectiveRule::Last;
    std::int64_t step = 0; // AtStep
};

// Whether an earlier trial that was the same may answer instead of running.
enum class Reuse { Never, SameSeed };

// Whether earlier searches of the project are learnt from; on the cluster, which has them.
enum class WarmStart { Never, Project };

// After OutOfMemory: a new trial with `factor` times as much of a numeric parameter.
struct SmallerBatch {
    std::string parameter;
    double factor = 0.5; // below 1
};

enum class AlgorithmName { Grid, Random, Sobol, Tpe, Bayesian };
struct Algorithm {
    AlgorithmName name = AlgorithmName::Bayesian;
    std::int64_t seed = 0; // not negative
};

// Median: worse than the median of the finished trials at that step. Asha: not among the best
// 1/reduction at a rung (minimumSteps * reduction^k). Hyperband: as W&B's early_terminate, the same
// against the bands. Each field is used by the rules named beside it.
enum class StoppingName { None, Median, Asha, Hyperband };
struct EarlyStopping {
    StoppingName name = StoppingName::None;
    std::int64_t minimum_trials = 3; // Median: finished trials needed
    std::int64_t minimum_steps = 4;  // Median: no stop before; Asha, Hyperband: the first rung
    std::int64_t maximum_steps = 0;  // Hyperband: with `bands`, instead of minimum_steps
    std::int64_t bands = 0;          // Hyperband
    double reduction = 3;            // Asha, Hyperband
    bool strict = true;              // Hyperband: also between the bands
    // Whatever the name says:
    std::optional<double> threshold; // a value worse than this stops
    std::int64_t patience = 0;       // reports without a better value; 0: any number
    double minimum_change = 0;       // with patience: what counts as better
};

struct Study {
    Space space;
    Objective objective;
    Algorithm algorithm;
    std::int64_t max_trials = 1;        // asked for in total, failed ones beyond the next included
    std::int64_t max_failed_trials = 0; // so many failed ones are replaced
    std::int64_t parallel_trials = 1;
    WarmStart warm_start = WarmStart::Never;
    Reuse reuse = Reuse::Never;
    std::optional<SmallerBatch> smaller_batch;
    EarlyStopping early_stopping;
    Parameters first; // the first trial's values; empty: the algorithm chooses; may be partial
};

Words<Goal> words_of(Goal);
Words<ObjectiveRule> words_of(ObjectiveRule);
Words<WarmStart> words_of(WarmStart);
Words<Reuse> words_of(Reuse);
Words<AlgorithmName> words_of(AlgorithmName);
Words<StoppingName> words_of(StoppingName);

} // namespace pedigree::search

#pragma once
// Surrogate: what the observations say of points not tried: the loss (as a target of
// outcome_transform.h) by one Gaussian process, and by another whether a trial ends with a value at
// all. The kernel's parameters are fitted at fixed numbers of ended trials, so that they, too, are
// a function of the events alone. Refers to the features and to what earlier searches taught.
// Private to this folder; one thread at a time.
//
// For a point with expectation m, deviation d of the function, noise variance s, and the lowest
// expectation t of any trial, ended or running, the score is
//
//     log EI(m, d^2 / sqrt(d^2 + s); t)  +  log P(the trial ends with a value)
//
// The first: one noisy evaluation moves the expectation by a normal of deviation d^2/sqrt(d^2 + s)
// (Frazier, Powell and Dayanik, 2009, for correlated beliefs): what may be gained is that, not d,
// since noise that one has seen is no knowledge. Improvement is over the best *expectation*, since
// under noise the lowest value is the luckiest. The second: a process over the labels 1 (failed)
// and 0, and the chance that its value lies below a half.
//
// Losses are shown to it as they are, whatever the goal of the objective: Maximize was turned
// around before. At most 200 trials are in a model and 80 in a fit (O(n^3)): the best and the
// newest.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "pipeline/search/model/earlier_models.h"
#include "pipeline/search/model/gaussian_process.h"
#include "pipeline/search/model/observations.h"
#include "pipeline/search/model/outcome_transform.h"

namespace pedigree::search {

// The number of ended trials up to which a kernel is fitted when there are `count`: every one at
// first, then steps of a twentieth.
std::size_t fitted_count(std::size_t count);
// Where that fit begins: 0, from the middle of the priors; else from the kernel fitted to so many,
// of which there is one each time the number has doubled. Later fits so cost a fraction.
std::size_t start_count(std::size_t fitted);

// Kernels fitted to the first so many of a growing list, as far as they are needed again.
class KernelMemory {
  public:
    // `fit` gets the number and where to begin.
    using Fit = std::function<KernelParameters(std::size_t, const KernelParameters* start)>;
    const KernelParameters& at(std::size_t count, const Fit& fit);

  private:
    std::size_t count_ = 0, start_count_ = 0;
    KernelParameters kernel_, start_;
};

struct Memory {
    KernelMemory losses, residuals, failures;
};

struct Score {
    // Logarithm of the expected improvement of the best expectation by one noisy evaluation, and of
    // the chance that it ends with a value.
    double acquisition = 0;
    Prediction prediction;
};

class Surrogate {
  public:
    // At least one trial has ended with a value.
    Surrogate(const Features& features, const EarlierModels& earlier,
              const Observations& observations, Memory& memory);

    std::vector<Score> score(const std::vector<Point>& points) const;
    // What evaluating the best trial once more is worth, in the same terms: how far its expectation
    // is likely to move beyond that of the next best point.
    Score score_repetition() const;

    // Chances that a trial ends without a value.
    std::vector<double> failure_chances(const std::vector<Point>& points) const;
    // How much of what trials came to the others foretell, from 1 down; see gaussian_process.h.
    double left_out_share() const { return process_->left_out_share(); }

    // Trials that ended with a value, best first by what the model expects of them.
    const std::vector<std::int64_t>& ranking() const { return ranking_; }
    std::size_t size() const { return size_; } // trials in the model
    const KernelParameters& kernel() const { return process_->kernel(); }
    // Of the targets, in which means and deviations are given.
    const TargetUnits& units() const { return units_; }
    // How far earlier searches are believed.
    const Belief& belief() const { return belief_; }

  private:
    // What the trials' losses teach.
    struct Losses {
        Belief belief;
        std::vector<double> believed; // at the trials
        GaussianProcess process;      // of what the belief leaves over
        double likelihood = 0;        // logarithm
    };
    Losses losses(const Observations& observations, const std::vector<Row>& rows,
                  const EarlierModels& earlier, KernelMemory& memory) const;
    void learn_losses(const Observations& observations, Memory& memory);
    void learn_failures(const Observations& observations, KernelMemory& memory);
    std::vector<Prediction> predict(const std::vector<Row>& rows) const;

    const Features& features_;
    const EarlierModels& earlier_;
    Belief belief_;
    TargetUnits units_;
    std::optional<GaussianProcess> process_;     // of what the belief leaves over
    std::optional<GaussianProcess> feasibility_; // only if something has failed
    double failed_mean_ = 0, failed_deviation_ = 1;
    Prediction best_;           // at the first of the ranking
    double next_best_mean_ = 0; // at the first of another point
    double to_improve_ = 0;     // the lowest expectation at a trial, ended or running
    std::size_t size_ = 0;
    std::vector<std::int64_t> ranking_;
};

} // namespace pedigree::search

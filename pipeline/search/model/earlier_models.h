#pragma once
// EarlierModels: what earlier searches lead one to expect of the new one's points. Each has a
// Gaussian process of its own; their means are the basis of the new search's mean function
// (Rasmussen and Williams, 2006, section 2.7), with weights learnt from the new trials by a ridge
// regression towards a moderate belief. What they leave over is for the new search's own process to
// learn (residuals on residuals: Golovin et al., "Google Vizier", KDD 2017, section 3.3). An
// earlier search that misleads so loses its weight, and one that is reversed gets a negative one
// (docs/decisions/0008). Refers to the features. Private to this folder; immutable, any thread.
//
// With m_k the mean of earlier search k's process, centred and scaled over the n new trials to
// mean 0 and variance 1 (the vector e_k), and y the new targets, the shares a_k minimise
//
//     |y - sum_k a_k e_k|^2  +  3 sum_k (a_k - 0.6 / K)^2
//
// which is a ridge towards a correlation of 0.6 with all K together, as if three trials had shown
// it: with no trials the belief is that, with ten it is mostly what the ten say. The expectation at
// a row is sum_k weight_k (m_k(row) - centre_k); trust is sum_k a_k.

#include <vector>

#include "pipeline/search/model/earlier_points.h"
#include "pipeline/search/model/gaussian_process.h"

namespace pedigree::search {

// The expectation at a row: the sum of weight * (model's mean - centre).
struct Belief {
    std::vector<double> weights, centres; // one for each model
    // The sum of the models' shares in the targets: 1, all is as they expect; 0, they have nothing
    // to do with it; negative, they are reversed.
    double trust = 0;
};

class EarlierModels {
  public:
    EarlierModels() = default; // nothing came earlier
    EarlierModels(const Features& features, const std::vector<EarlierPoints>& earlier);

    bool empty() const { return models_.empty(); }
    // Points worth a look: the best of each model by what it expects of them, then the next of
    // each. None is among them twice.
    const std::vector<Point>& best_points() const { return best_points_; }

    // From new trials: their rows, and targets with mean 0 and variance 1.
    Belief belief(const std::vector<Row>& rows, const std::vector<double>& targets) const;
    std::vector<double> expectation(const Belief& belief, const std::vector<Row>& rows) const;

  private:
    std::vector<GaussianProcess> models_;
    std::vector<Point> best_points_;
};

} // namespace pedigree::search

#pragma once
// SimulatedObjective: a random smooth function on a space, to try a search on before anything is
// trained: a draw from a Gaussian process with a Matern kernel by random Fourier features (Rahimi
// and Recht, NeurIPS 2007), some parameters mattering more than others. Values have mean 0 and
// variance about 1. A function of space and seed; refers to the space. Any thread.
//
//     f(r) = sqrt(2 / M) sum_m cos(w_m' r + b_m),    M = 128 waves
//
// has covariance E[cos(w'(r - q))]: by Bochner's theorem the kernel whose spectrum the frequencies
// w are drawn from. For Matern-5/2 that is Student's t with five degrees of freedom, divided by the
// length scales; b is even on [0, 2 pi). A draw this way costs no factor of a matrix, and is a
// function that can be asked anywhere.

#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/search/space.h"

namespace pedigree::search {

class SimulatedObjective {
  public:
    SimulatedObjective(const Space& space, std::int64_t seed);
    ~SimulatedObjective();

    // The parameters are of the space.
    double value(const Parameters& parameters) const;
    // Values at random allowed points: what chance would give.
    std::vector<double> sample(std::size_t count) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace pedigree::search

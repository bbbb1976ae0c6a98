#pragma once
// Bayesian: after an initial design from the Sobol sequence, the point with the highest logarithm
// of expected improvement under a Gaussian process (surrogate.h), times the probability that a
// trial there ends with a value. Private to this folder.

#include <memory>

#include "pipeline/search/model/proposer.h"

namespace pedigree::search {

std::unique_ptr<Proposer> make_bayesian(const Domain& domain);

// Trials before the model is asked: 2 for each dimension, but at least 5 and at most a sixth of
// all.
std::int64_t initial_trials(const Domain& domain);

} // namespace pedigree::search

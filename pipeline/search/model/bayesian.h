#pragma once
// Bayesian: after an initial design from the Sobol sequence, the point with the highest logarithm
// of expected improvement under a Gaussian process (surrogate.h), times the probability that a
// trial there ends with a value. Private to this folder.
//
// One proposal, in order:
//   1. too few values, or the initial design is not done: the next point of the Sobol sequence;
//   2. fit: the losses as targets, the kernel, the process (surrogate.h);
//   3. search: the best acquisition among the points that no trial has (acquisition_search.h);
//   4. instead of a new point the best trial once more, if that is worth more under noise, or if
//      the trials foretell each other so badly that one has to know whether that is noise.
// docs/decisions/0006 says what was tried besides, and what the figures are worth.

#include <memory>

#include "pipeline/search/model/proposer.h"

namespace pedigree::search {

std::unique_ptr<Proposer> make_bayesian(const Domain& domain);

// Trials before the model is asked, whatever their largest number is: more of them cost more than
// they teach. Fewer, that trial included, where the user's values are the first. Where earlier
// searches are believed, the model is asked in between.
std::int64_t initial_trials(const Study& study);

} // namespace pedigree::search

#pragma once
// Minimises a smooth function of a few variables: limited-memory BFGS (Nocedal and Wright,
// "Numerical Optimization", algorithm 7.4) with a backtracking line search. Pure.

#include <functional>
#include <vector>

namespace pedigree::search {

// The value at a place, and the gradient there. An infinite value says: not this far.
using Differentiable =
    std::function<double(const std::vector<double>& at, std::vector<double>& gradient)>;

struct Minimum {
    std::vector<double> at;
    double value = 0;
};

// Ends early when a step no longer gains anything that matters.
Minimum minimise(const Differentiable& function, std::vector<double> start, int iterations_max);

} // namespace pedigree::search

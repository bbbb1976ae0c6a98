#pragma once
// Minimises a smooth function of a few variables: limited-memory BFGS (Nocedal and Wright,
// "Numerical Optimization", algorithm 7.4) with a backtracking line search. Pure.
//
// Newton's step is -H^-1 g, with the matrix H of second derivatives. BFGS learns H^-1 from how the
// gradient turned (t) over the steps made (s), and L-BFGS keeps the last eight pairs instead of the
// matrix: the product with g is two loops over them, and no matrix is ever there. Here it fits some
// ten logarithms of a kernel; each call of the function costs a Cholesky factor, so that few calls
// matter more than anything between them.
//
//     // (x - 3)^2
//     minimise([](const auto& at, auto& gradient) {
//         gradient[0] = 2 * (at[0] - 3);
//         return (at[0] - 3) * (at[0] - 3);
//     }, {0}, 20).at[0];  // 3

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

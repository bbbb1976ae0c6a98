#pragma once
// Variance-based sensitivity: how much of a function's variance over independent inputs each input
// makes (Sobol' indices; the functional ANOVA of Hutter, Hoos and Leyton-Brown, ICML 2014, has the
// same shares). Estimated by quasi-Monte-Carlo: the first-order index after Saltelli et al. (2010),
// the total one after Jansen (1999), both in Computer Physics Communications (181 and 117). Pure.
//
// With V the variance of f over all inputs, and x~i all inputs but i:
//
//     first_i = V[ E[f | x_i] ] / V          what is known of f by knowing x_i alone
//     total_i = E[ V[f | x~i] ] / V          what is left unknown while x_i is
//
// From two independent samples A and B of N points, and AB_i, A with column i of B:
//
//     first_i ~ 1/N  sum f(B) (f(AB_i) - f(A)) / V          (Saltelli et al., table 2, b)
//     total_i ~ 1/2N sum (f(A) - f(AB_i))^2 / V             (table 2, f)
//
// Both are the halves of one Sobol sequence in 2 * inputs dimensions: independent, and even.
// Shares of inputs that do not interact sum to 1; total above first is interaction.

#include <cstdint>
#include <functional>
#include <vector>

namespace pedigree::search {

// The values at points whose coordinates are in (0,1).
using UnitFunction =
    std::function<std::vector<double>(const std::vector<std::vector<double>>& points)>;

struct Sensitivity {
    double variance = 0;
    // Of each input, as shares of the variance: by itself; with all that it interacts with. All
    // zeros if the function is constant.
    std::vector<double> first, total;
};

// Evaluates the function at count * (inputs + 2) points.
Sensitivity sensitivity(const UnitFunction& function, std::size_t inputs, std::uint32_t count);

} // namespace pedigree::search

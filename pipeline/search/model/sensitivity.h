#pragma once
// Variance-based sensitivity: how much of a function's variance over independent inputs each input
// makes (Sobol' indices; the functional ANOVA of Hutter, Hoos and Leyton-Brown, ICML 2014, has the
// same shares). Estimated by quasi-Monte-Carlo: the first-order index after Saltelli et al. (2010),
// the total one after Jansen (1999), both in Computer Physics Communications (181 and 117). Pure.

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

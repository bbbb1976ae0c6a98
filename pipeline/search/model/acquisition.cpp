#include "pipeline/search/model/acquisition.h"

#include <cmath>
#include <numbers>

#include "pipeline/search/sample/distribution.h"

namespace pedigree::search {

double log_expected_improvement(double mean, double deviation, double best) {
    const double z = (best - mean) / deviation;
    if (z > -3) {
        return std::log(deviation) + std::log(normal_density(z) + z * normal_cdf(z));
    }
    // Far from the best, density and z cdf(z) are nearly equal and of opposite sign: their sum
    // keeps no digit. With x = -z the tail is density times Mills' ratio, by Laplace's fraction.
    // Mills' ratio is 1/(x + K) with K = 1/(x + 2/(x + 3/(x + ...))), and so density(z) + z cdf(z)
    // is density(z) * K/(x + K): nothing cancels.
    const double x = -z;
    double tail = 0;
    for (int term = 40; term >= 2; --term) {
        tail = term / (x + tail);
    }
    const double k = 1 / (x + tail);
    return std::log(deviation) - 0.5 * z * z - 0.5 * std::log(2 * std::numbers::pi) +
           std::log(k / (x + k));
}

} // namespace pedigree::search

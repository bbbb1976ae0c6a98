#include "pipeline/search/model/sensitivity.h"

#include <algorithm>
#include <numeric>

#include "pipeline/search/sample/sobol.h"

namespace pedigree::search {
namespace {

using Points = std::vector<std::vector<double>>;

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance_of(std::vector<double> values) {
    const double mean = mean_of(values);
    for (double& value : values) {
        value = (value - mean) * (value - mean);
    }
    return mean_of(values);
}

} // namespace

Sensitivity sensitivity(const UnitFunction& function, std::size_t inputs, std::uint32_t count) {
    const Sobol sobol(2 * inputs, 0);
    Points left;
    Points right;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto both = sobol.at(i);
        const auto middle = both.begin() + static_cast<std::ptrdiff_t>(inputs);
        left.emplace_back(both.begin(), middle);
        right.emplace_back(middle, both.end());
    }
    const auto at_left = function(left);
    const auto at_right = function(right);
    auto all = at_left;
    all.insert(all.end(), at_right.begin(), at_right.end());

    Sensitivity result{variance_of(all), std::vector<double>(inputs), std::vector<double>(inputs)};
    constexpr double constant = 1e-18; // what rounding leaves
    if (result.variance <= constant) {
        return result;
    }
    for (std::size_t input = 0; input < inputs; ++input) {
        Points mixed = left;
        for (std::uint32_t i = 0; i < count; ++i) {
            mixed[i][input] = right[i][input];
        }
        const auto at_mixed = function(mixed);
        double first = 0;
        double total = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            first += at_right[i] * (at_mixed[i] - at_left[i]);
            total += (at_left[i] - at_mixed[i]) * (at_left[i] - at_mixed[i]) / 2;
        }
        const double scale = 1 / (count * result.variance);
        result.first[input] = std::clamp(first * scale, 0.0, 1.0);
        result.total[input] = total * scale;
    }
    return result;
}

} // namespace pedigree::search

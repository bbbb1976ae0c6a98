#include "pipeline/search/model/outcome_transform.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pedigree::search {
namespace {

double sorted_quantile(const std::vector<double>& sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    return std::lerp(sorted[below], sorted[std::min(below + 1, sorted.size() - 1)],
                     at - static_cast<double>(below));
}

TargetUnits standardise(std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (double& value : values) {
        value -= mean;
        squares += value * value;
    }
    const double deviation = std::sqrt(squares / count);
    constexpr double least = 1e-14; // of numbers up to 1: what rounding alone may leave
    for (double& value : values) {
        value = deviation > least ? value / deviation : 0;
    }
    return {mean, deviation > least ? deviation : 0};
}

struct Transformed {
    std::vector<double> targets;
    TargetUnits units;
};

Transformed transformed(const std::vector<double>& losses) {
    // How bad a bad trial is says nothing: what lies this far above the bulk is pulled back.
    constexpr double edge = 3;
    double size = 0;
    for (const double loss : losses) {
        size = std::max(size, std::abs(loss));
    }
    std::vector<double> targets;
    for (const double loss : losses) { // so that no square overflows
        targets.push_back(size > 0 ? loss / size : 0);
    }
    std::vector<double> sorted = targets;
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted_quantile(sorted, 0.5);
    const double spread = (sorted_quantile(sorted, 0.75) - sorted_quantile(sorted, 0.25)) / 1.349;
    // Without a spread (half of the trials alike) nothing says what is far: all stay.
    for (double& target : targets) {
        target = spread > 0 ? std::min(target, median + edge * spread) : target;
    }
    const TargetUnits units = standardise(targets);
    return {std::move(targets), {units.centre * size, units.scale * size}};
}

} // namespace

std::vector<double> model_targets(const std::vector<double>& losses) {
    return transformed(losses).targets;
}

TargetUnits target_units(const std::vector<double>& losses) {
    return transformed(losses).units;
}

} // namespace pedigree::search

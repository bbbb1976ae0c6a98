#include "pipeline/search/outcome_transform.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "pipeline/search/distribution.h"

namespace pedigree::search {
namespace {

// Equal losses share the mean of their ranks.
std::vector<double> normal_scores(const std::vector<double>& losses) {
    std::vector<std::size_t> order(losses.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return losses[a] < losses[b]; });
    std::vector<double> scores(losses.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        while (end < order.size() && losses[order[end]] == losses[order[begin]]) {
            ++end;
        }
        const double rank = static_cast<double>(begin + end) / 2;
        for (; begin < end; ++begin) {
            scores[order[begin]] = normal_quantile(rank / static_cast<double>(losses.size()));
        }
    }
    return scores;
}

double sorted_quantile(const std::vector<double>& sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    return std::lerp(sorted[below], sorted[std::min(below + 1, sorted.size() - 1)],
                     at - static_cast<double>(below));
}

// What lies far above the bulk is pulled to its edge: how bad a bad trial is says nothing.
std::vector<double> winsorised_scores(const std::vector<double>& losses) {
    constexpr double edge = 2;
    std::vector<double> sorted = losses;
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted_quantile(sorted, 0.5);
    const double spread = (sorted_quantile(sorted, 0.75) - sorted_quantile(sorted, 0.25)) / 1.349;
    std::vector<double> scores;
    for (const double loss : losses) {
        scores.push_back(spread > 0 ? std::min((loss - median) / spread, edge) : 0);
    }
    return scores;
}

void standardise(std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (double& value : values) {
        value -= mean;
        squares += value * value;
    }
    const double deviation = std::sqrt(squares / count);
    for (double& value : values) {
        value = deviation > 1e-12 ? value / deviation : 0;
    }
}

} // namespace

std::vector<double> model_targets(const std::vector<double>& losses) {
    std::vector<double> targets = normal_scores(losses);
    std::vector<double> distances = winsorised_scores(losses);
    standardise(targets);
    standardise(distances);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        targets[i] += distances[i];
    }
    standardise(targets);
    return targets;
}

} // namespace pedigree::search

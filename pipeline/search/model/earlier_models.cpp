#include "pipeline/search/model/earlier_models.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "pipeline/search/model/outcome_transform.h"

namespace pedigree::search {
namespace {

constexpr std::size_t models_max = 8;       // the last ones count
constexpr std::size_t model_trials_min = 5; // fewer say nothing of a shape
constexpr std::size_t model_trials_max = 200;
constexpr std::size_t fitted_trials_max = 80;
constexpr int fit_iterations_max = 40;
constexpr std::size_t best_points_max = 3; // of each model

// What is believed before the first trial, and how many trials weigh as much as that.
constexpr double believed_correlation = 0.6;
constexpr double believed_trials = 3;
// A model that expects nearly the same of all trials explains no large differences.
constexpr double told_apart_min = 0.3; // of the earlier targets' deviation

std::vector<std::size_t> by_loss(const std::vector<double>& losses) {
    std::vector<std::size_t> order(losses.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return losses[a] < losses[b]; });
    return order;
}

// At most so many: the best half of them, and some of all the others, evenly.
EarlierPoints thinned(const EarlierPoints& all, std::size_t count_max) {
    if (all.points.size() <= count_max) {
        return all;
    }
    const auto order = by_loss(all.losses);
    const std::size_t best = count_max / 2;
    const std::size_t others = count_max - best;
    EarlierPoints result;
    for (std::size_t i = 0; i < count_max; ++i) {
        const std::size_t at = i < best ? i : best + (i - best) * (order.size() - best) / others;
        result.points.push_back(all.points[order[at]]);
        result.losses.push_back(all.losses[order[at]]);
    }
    return result;
}

GaussianProcess model_of(const Features& features, const EarlierPoints& earlier) {
    const EarlierPoints fitted = thinned(earlier, fitted_trials_max);
    KernelParameters kernel =
        fit_kernel(features, features.rows(fitted.points), model_targets(fitted.losses),
                   default_kernel(features.scales()), fit_iterations_max);
    const EarlierPoints kept = thinned(earlier, model_trials_max);
    return {features, std::move(kernel), features.rows(kept.points), model_targets(kept.losses)};
}

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double product(const std::vector<double>& left, const std::vector<double>& right) {
    return std::inner_product(left.begin(), left.end(), right.begin(), 0.0);
}

// Shares of the explanations in the targets: least squares with a ridge towards the belief of
// before, by coordinate descent.
std::vector<double> shares_of(const std::vector<std::vector<double>>& explanations,
                              const std::vector<double>& targets) {
    // Each share in turn is set to its optimum while the others stand: a division, no matrix to
    // invert, and two earlier searches that say the same share the belief instead of making a
    // system singular. At most eight searches: fifty sweeps are far more than it takes.
    constexpr int sweeps = 50;
    const double before = believed_correlation / static_cast<double>(explanations.size());
    std::vector<double> shares(explanations.size(), before);
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        for (std::size_t i = 0; i < shares.size(); ++i) {
            double left = product(explanations[i], targets);
            for (std::size_t k = 0; k < shares.size(); ++k) {
                left -= k == i ? 0 : shares[k] * product(explanations[i], explanations[k]);
            }
            const double squares = product(explanations[i], explanations[i]);
            shares[i] = (left + believed_trials * before) / (squares + believed_trials);
        }
    }
    return shares;
}

} // namespace

EarlierModels::EarlierModels(const Features& features, const std::vector<EarlierPoints>& earlier) {
    std::vector<std::vector<Point>> best;
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        if (earlier[i].points.size() < model_trials_min || earlier.size() - i > models_max) {
            continue;
        }
        models_.push_back(model_of(features, earlier[i]));
        const auto order = by_loss(models_.back().means(features.rows(earlier[i].points)));
        auto& points = best.emplace_back();
        for (std::size_t k = 0; k < std::min(order.size(), best_points_max); ++k) {
            points.push_back(earlier[i].points[order[k]]);
        }
    }
    for (std::size_t k = 0; k < best_points_max; ++k) {
        for (const auto& points : best) {
            if (k < points.size() && std::find(best_points_.begin(), best_points_.end(),
                                               points[k]) == best_points_.end()) {
                best_points_.push_back(points[k]);
            }
        }
    }
}

Belief EarlierModels::belief(const std::vector<Row>& rows,
                             const std::vector<double>& targets) const {
    Belief belief;
    std::vector<std::vector<double>> explanations;
    for (const GaussianProcess& model : models_) {
        auto means = model.means(rows);
        const double centre = mean_of(means);
        for (double& mean : means) {
            mean -= centre;
        }
        const double scale =
            1 / std::max(std::sqrt(product(means, means) / static_cast<double>(means.size())),
                         told_apart_min);
        for (double& mean : means) {
            mean *= scale;
        }
        belief.centres.push_back(centre);
        belief.weights.push_back(scale);
        explanations.push_back(std::move(means));
    }
    const auto shares = shares_of(explanations, targets);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        belief.weights[i] *= shares[i];
        belief.trust += shares[i];
    }
    return belief;
}

std::vector<double> EarlierModels::expectation(const Belief& belief,
                                               const std::vector<Row>& rows) const {
    std::vector<double> sum(rows.size(), 0);
    for (std::size_t i = 0; i < models_.size(); ++i) {
        if (belief.weights.empty() || belief.weights[i] == 0) {
            continue;
        }
        const auto means = models_[i].means(rows);
        for (std::size_t k = 0; k < rows.size(); ++k) {
            sum[k] += belief.weights[i] * (means[k] - belief.centres[i]);
        }
    }
    return sum;
}

} // namespace pedigree::search

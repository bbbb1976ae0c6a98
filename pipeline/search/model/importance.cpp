#include "pipeline/search/model/importance.h"

#include <algorithm>
#include <cmath>

#include "pipeline/search/model/gaussian_process.h"
#include "pipeline/search/model/outcome_transform.h"
#include "pipeline/search/model/proposer.h"
#include "pipeline/search/model/sensitivity.h"

namespace pedigree::search {
namespace {

constexpr std::size_t trials_min = 10;
constexpr std::size_t trials_max = 300; // the last ones
constexpr std::size_t folds = 10;
constexpr std::uint32_t samples = 1024;
constexpr int fit_iterations_max = 40;

struct Trained {
    std::vector<Row> rows;
    std::vector<double> targets;
};

Trained trained_on(const Features& features, const Observations& observations) {
    std::vector<Point> points;
    std::vector<double> losses;
    for (const std::int64_t trial : observations.ended) {
        if (observations.of(trial).has_loss()) {
            points.push_back(observations.of(trial).point);
            losses.push_back(observations.of(trial).loss);
        }
    }
    if (points.empty()) {
        return {};
    }
    const auto left_out = points.size() - std::min(points.size(), trials_max);
    points.erase(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(left_out));
    losses.erase(losses.begin(), losses.begin() + static_cast<std::ptrdiff_t>(left_out));
    return {features.rows(points), model_targets(losses)};
}

// Every tenth trial left out, beginning with `fold`.
Trained without(const Trained& all, std::size_t fold) {
    Trained rest;
    for (std::size_t i = 0; i < all.rows.size(); ++i) {
        if (i % folds != fold) {
            rest.rows.push_back(all.rows[i]);
            rest.targets.push_back(all.targets[i]);
        }
    }
    return rest;
}

// Each dimension's share: inputs are what its prior is drawn by, so that they are independent
// although conditions tie the parameters themselves.
Sensitivity sensitivity_of(const Domain& domain, const Features& features,
                           const GaussianProcess& process) {
    const auto means = [&](const std::vector<std::vector<double>>& uniforms) {
        std::vector<Row> rows;
        for (const auto& each : uniforms) {
            rows.push_back(features.row(domain.encoding.draw(each)));
        }
        return process.means(rows);
    };
    return sensitivity(means, domain.encoding.size(), samples);
}

// The jackknife's standard error of each dimension's share (Efron and Stein, Annals of Statistics
// 9, 1981), by groups.
std::vector<double> spread_of(const std::vector<std::vector<double>>& shares) {
    std::vector<double> spread(shares.front().size());
    const auto groups = static_cast<double>(shares.size());
    for (std::size_t i = 0; i < spread.size(); ++i) {
        double mean = 0;
        double squares = 0;
        for (const auto& each : shares) {
            mean += each[i] / groups;
        }
        for (const auto& each : shares) {
            squares += (each[i] - mean) * (each[i] - mean);
        }
        spread[i] = std::sqrt(squares * (groups - 1) / groups);
    }
    return spread;
}

} // namespace

std::vector<Importance> importance(const Domain& domain, const Observations& observations) {
    const Features features(domain.encoding);
    const Trained all = trained_on(features, observations);
    if (all.rows.size() < trials_min) {
        return {};
    }
    const KernelParameters kernel = fit_kernel(
        features, all.rows, all.targets, default_kernel(features.scales()), fit_iterations_max);
    const auto process_of = [&](const Trained& trained) {
        return GaussianProcess(features, kernel, trained.rows, trained.targets);
    };
    const Sensitivity whole = sensitivity_of(domain, features, process_of(all));
    std::vector<std::vector<double>> shares;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        shares.push_back(sensitivity_of(domain, features, process_of(without(all, fold))).first);
    }
    const auto spread = spread_of(shares);
    std::vector<Importance> result;
    for (std::size_t scale = 0; scale < features.scales(); ++scale) {
        const std::size_t i = features.dimension(scale);
        result.push_back(
            {domain.study.space.dimensions[i].name, whole.first[i], whole.total[i], spread[i]});
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const auto& a, const auto& b) { return a.total > b.total; });
    return result;
}

} // namespace pedigree::search

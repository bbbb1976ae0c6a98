#include "pipeline/search/model/surrogate.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "pipeline/search/model/acquisition.h"
#include "pipeline/search/sample/distribution.h"

namespace pedigree::search {
namespace {

// What keeps a suggestion fast when trials are many: how many of them a model holds, and how many
// its kernel is fitted to.
constexpr std::size_t model_trials_max = 200;
constexpr std::size_t fitted_trials_max = 80;
constexpr std::size_t first_start = 40; // up to so many, each fit begins anew

// How much less likely the trials may be with what earlier searches taught than without it, so that
// it is believed: its logarithm.
constexpr double belief_before = 1;

constexpr double failed_noise_min = 0.1; // of the labels' variance: a failure may be chance

using Numbers = std::vector<std::int64_t>;

Numbers ended_with_loss(const Observations& observations) {
    Numbers trials;
    std::copy_if(observations.ended.begin(), observations.ended.end(), std::back_inserter(trials),
                 [&](std::int64_t trial) { return observations.of(trial).has_loss(); });
    return trials;
}

// At most so many: the best ones and the newest ones, half of each, in their order.
Numbers thinned(const Numbers& trials, const Observations& observations, std::size_t count_max) {
    if (trials.size() <= count_max) {
        return trials;
    }
    const std::size_t older = trials.size() - count_max / 2;
    std::vector<std::size_t> by_loss(older);
    std::iota(by_loss.begin(), by_loss.end(), std::size_t{0});
    std::stable_sort(by_loss.begin(), by_loss.end(), [&](std::size_t a, std::size_t b) {
        return observations.of(trials[a]).loss < observations.of(trials[b]).loss;
    });
    by_loss.resize(count_max - count_max / 2);
    std::sort(by_loss.begin(), by_loss.end());
    Numbers result;
    for (const std::size_t place : by_loss) {
        result.push_back(trials[place]);
    }
    result.insert(result.end(), trials.begin() + static_cast<std::ptrdiff_t>(older), trials.end());
    return result;
}

std::vector<Row> rows_of(const Features& features, const Observations& observations,
                         const Numbers& trials) {
    std::vector<Row> rows;
    for (const std::int64_t trial : trials) {
        rows.push_back(features.row(observations.of(trial).point));
    }
    return rows;
}

std::vector<double> losses_of(const Observations& observations, const Numbers& trials) {
    std::vector<double> losses;
    for (const std::int64_t trial : trials) {
        losses.push_back(observations.of(trial).loss);
    }
    return losses;
}

std::vector<double> targets_of(const Observations& observations, const Numbers& trials) {
    return model_targets(losses_of(observations, trials));
}

// How far one noisy evaluation is likely to move the expectation (the standard deviation of that):
// the gain d^2 / (d^2 + s) of the update times the deviation sqrt(d^2 + s) of what is observed.
double movable(const Prediction& prediction, double noise) {
    const double variance = prediction.deviation * prediction.deviation;
    return variance / std::sqrt(variance + noise);
}

KernelParameters fitted_from(const KernelParameters* start, const Features& features,
                             const std::vector<Row>& rows, const std::vector<double>& targets) {
    constexpr int iterations_max = 40;
    constexpr int further_iterations_max = 5;
    return start == nullptr ? fit_kernel(features, rows, targets, default_kernel(features.scales()),
                                         iterations_max)
                            : fit_kernel(features, rows, targets, *start, further_iterations_max);
}

Numbers first_of(const Numbers& trials, std::size_t count) {
    return {trials.begin(), trials.begin() + static_cast<std::ptrdiff_t>(count)};
}

Numbers newest_of(const Numbers& trials, std::size_t count_max) {
    return {trials.end() - static_cast<std::ptrdiff_t>(std::min(trials.size(), count_max)),
            trials.end()};
}

// 1 for a trial that failed and 0 for others, shifted and scaled to mean 0 and variance 1.
struct Labels {
    double mean, deviation;
    std::vector<double> scaled;
};

// Nothing if all are of one kind.
std::optional<Labels> labels_of(const Observations& observations, const Numbers& trials) {
    Labels labels{0, 1, {}};
    for (const std::int64_t trial : trials) {
        labels.scaled.push_back(observations.of(trial).has_loss() ? 0 : 1);
        labels.mean += labels.scaled.back() / static_cast<double>(trials.size());
    }
    const auto [least, most] = std::minmax_element(labels.scaled.begin(), labels.scaled.end());
    if (least == labels.scaled.end() || *least == *most) {
        return std::nullopt;
    }
    labels.deviation = std::sqrt(labels.mean * (1 - labels.mean));
    for (double& label : labels.scaled) {
        label = (label - labels.mean) / labels.deviation;
    }
    return labels;
}

void add(std::vector<double>& values, const std::vector<double>& others) {
    std::transform(values.begin(), values.end(), others.begin(), values.begin(), std::plus());
}

void subtract(std::vector<double>& values, const std::vector<double>& others) {
    std::transform(values.begin(), values.end(), others.begin(), values.begin(), std::minus());
}

} // namespace

const KernelParameters& KernelMemory::at(std::size_t count, const Fit& fit) {
    if (count_ == count) {
        return kernel_;
    }
    const std::size_t start = start_count(count);
    if (start != 0 && start_count_ != start) {
        start_ = fit(start, nullptr);
        start_count_ = start;
    }
    kernel_ = fit(count, start == 0 ? nullptr : &start_);
    count_ = count;
    return kernel_;
}

std::size_t start_count(std::size_t fitted) {
    std::size_t start = first_start;
    while (start * 2 < fitted) {
        start *= 2;
    }
    return fitted > first_start ? start : 0;
}

std::size_t fitted_count(std::size_t count) {
    std::size_t at = 1;
    for (std::size_t next = at; next <= count; next = at + std::max<std::size_t>(1, at / 20)) {
        at = next;
    }
    return at;
}

Surrogate::Surrogate(const Features& features, const EarlierModels& earlier,
                     const Observations& observations, Memory& memory)
    : features_(features), earlier_(earlier) {
    learn_losses(observations, memory);
    learn_failures(observations, memory.failures);
}

// A process for what a belief leaves over of the targets of the trials with these rows.
Surrogate::Losses Surrogate::losses(const Observations& observations, const std::vector<Row>& rows,
                                    const EarlierModels& earlier, KernelMemory& memory) const {
    const Numbers ended = ended_with_loss(observations);
    const KernelParameters& kernel = memory.at(
        fitted_count(ended.size()), [&](std::size_t number, const KernelParameters* start) {
            const Numbers fitted =
                thinned(first_of(ended, number), observations, fitted_trials_max);
            const auto known = rows_of(features_, observations, fitted);
            auto targets = targets_of(observations, fitted);
            subtract(targets, earlier.expectation(earlier.belief(known, targets), known));
            return fitted_from(start, features_, known, targets);
        });
    const Numbers trials = thinned(ended, observations, model_trials_max);
    const std::vector<Row> known(rows.begin(),
                                 rows.begin() + static_cast<std::ptrdiff_t>(trials.size()));
    auto targets = targets_of(observations, trials);
    Belief belief = earlier.belief(known, targets);
    auto believed = earlier.expectation(belief, known);
    subtract(targets, believed);
    GaussianProcess process(features_, kernel, rows, targets);
    const double likelihood = process.log_likelihood(targets);
    return {std::move(belief), std::move(believed), std::move(process), likelihood};
}

void Surrogate::learn_losses(const Observations& observations, Memory& memory) {
    const Numbers trials = thinned(ended_with_loss(observations), observations, model_trials_max);
    auto rows = rows_of(features_, observations, trials);
    for (const Observation& each : observations.all) {
        if (each.state == TrialState::Running) {
            rows.push_back(features_.row(each.point));
        }
    }
    size_ = rows.size();
    units_ = target_units(losses_of(observations, trials));
    Losses learnt = losses(observations, rows, EarlierModels(), memory.losses);
    // Twice: without and with what earlier searches teach, each with a kernel of its own. The
    // trials say which they are likelier under; a little in favour of the belief, since it is what
    // was asked for.
    if (!earlier_.empty()) {
        Losses warm = losses(observations, rows, earlier_, memory.residuals);
        if (warm.likelihood + belief_before >= learnt.likelihood) {
            learnt = std::move(warm);
        }
    }
    belief_ = std::move(learnt.belief);
    process_ = std::move(learnt.process);
    const auto& believed = learnt.believed;

    const std::vector<Row> running(rows.begin() + static_cast<std::ptrdiff_t>(trials.size()),
                                   rows.end());
    rows.resize(trials.size());
    auto expected = process_->means(rows);
    add(expected, believed);
    std::vector<std::size_t> order(trials.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return expected[a] < expected[b]; });
    for (const std::size_t place : order) {
        ranking_.push_back(trials[place]);
    }
    best_ = predict({rows[order.front()]}).front();
    // A running trial is expected to come to its mean, and no other needs to come to that again.
    to_improve_ = best_.mean;
    for (const Prediction& each : predict(running)) {
        to_improve_ = std::min(to_improve_, each.mean);
    }
    const auto other = std::find_if(order.begin(), order.end(), [&](std::size_t place) {
        return rows[place] != rows[order.front()];
    });
    next_best_mean_ = other == order.end() ? best_.mean : expected[*other];
}

void Surrogate::learn_failures(const Observations& observations, KernelMemory& memory) {
    // The newest ones say best what fails where the search is now.
    const Numbers trials = newest_of(observations.ended, model_trials_max);
    const auto labels = labels_of(observations, trials);
    if (!labels) {
        return;
    }
    const std::size_t count = fitted_count(observations.ended.size());
    KernelParameters kernel =
        memory.at(count, [&](std::size_t number, const KernelParameters* start) {
            const Numbers fitted =
                newest_of(first_of(observations.ended, number), fitted_trials_max);
            const auto known = labels_of(observations, fitted);
            return known ? fitted_from(start, features_, rows_of(features_, observations, fitted),
                                       known->scaled)
                         : default_kernel(features_.scales());
        });
    kernel.noise = std::max(kernel.noise, failed_noise_min);
    failed_mean_ = labels->mean;
    failed_deviation_ = labels->deviation;
    feasibility_.emplace(features_, std::move(kernel), rows_of(features_, observations, trials),
                         labels->scaled);
}

std::vector<Prediction> Surrogate::predict(const std::vector<Row>& rows) const {
    auto predictions = process_->predict(rows);
    const auto believed = earlier_.expectation(belief_, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        predictions[i].mean += believed[i];
    }
    return predictions;
}

Score Surrogate::score_repetition() const {
    return {log_expected_improvement(next_best_mean_, movable(best_, kernel().noise), best_.mean),
            best_};
}

std::vector<Score> Surrogate::score(const std::vector<Point>& points) const {
    const auto rows = features_.rows(points);
    const auto predictions = predict(rows);
    std::vector<Score> scores;
    for (const Prediction& each : predictions) {
        scores.push_back(
            {log_expected_improvement(each.mean, movable(each, kernel().noise), to_improve_),
             each});
    }
    if (!feasibility_) {
        return scores;
    }
    const auto failures = feasibility_->predict(rows);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const double expected = failed_mean_ + failed_deviation_ * failures[i].mean;
        const double noise = feasibility_->kernel().noise;
        const double deviation =
            failed_deviation_ * std::sqrt(failures[i].deviation * failures[i].deviation + noise);
        scores[i].acquisition += std::log(std::max(normal_cdf((0.5 - expected) / deviation), 1e-9));
    }
    return scores;
}

std::vector<double> Surrogate::failure_chances(const std::vector<Point>& points) const {
    std::vector<double> chances(points.size(), 0);
    if (feasibility_) {
        const auto means = feasibility_->means(features_.rows(points));
        std::transform(means.begin(), means.end(), chances.begin(), [&](double mean) {
            return std::clamp(failed_mean_ + failed_deviation_ * mean, 0.0, 1.0);
        });
    }
    return chances;
}

} // namespace pedigree::search

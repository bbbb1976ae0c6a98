#include "pipeline/search/early_stopping.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace pedigree::search {
namespace {

// Inside this file lower is better.
double loss_of(const Objective& objective, double value) {
    return objective.goal == Goal::Maximize ? -value : value;
}

// Lowest loss among the finite reports up to and including a step.
std::optional<double> best_up_to(const Objective& objective, const Trial& trial,
                                 std::int64_t step) {
    const Progress* progress = trial.progress_at(step);
    if (progress == nullptr || progress->count == 0) {
        return std::nullopt;
    }
    return loss_of(objective,
                   objective.goal == Goal::Maximize ? progress->highest : progress->lowest);
}

// The loss that a share of the sorted list is at least as good as.
double quantile(const std::vector<double>& losses, double share) {
    const double at = share * static_cast<double>(losses.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const auto above = std::min(below + 1, losses.size() - 1);
    return std::lerp(losses[below], losses[above], at - static_cast<double>(below));
}

StopDecision stop(std::string reason, std::string message) {
    return {true, std::move(reason), std::move(message)};
}

StopDecision by_value(const Study& study, const Trial& trial) {
    const auto& threshold = study.early_stopping.threshold;
    const Report& last = trial.reports.back();
    if (!std::isfinite(last.value)) {
        return stop("NotFinite", fmt::format("step {} reported {}", last.step, last.value));
    }
    if (threshold && loss_of(study.objective, last.value) > loss_of(study.objective, *threshold)) {
        return stop("Threshold", fmt::format("{} at step {} is worse than the threshold {}",
                                             last.value, last.step, *threshold));
    }
    return {};
}

StopDecision by_patience(const Study& study, const Trial& trial) {
    const EarlyStopping& rule = study.early_stopping;
    if (rule.patience == 0) {
        return {};
    }
    double best = std::numeric_limits<double>::infinity();
    std::int64_t since = 0;
    for (const Report& report : trial.reports) {
        const double loss = loss_of(study.objective, report.value);
        const bool better = loss < best - rule.minimum_change;
        best = better ? loss : best;
        since = better ? 0 : since + 1;
    }
    if (since < rule.patience) {
        return {};
    }
    return stop("Patience", fmt::format("nothing better in the last {} reports", since));
}

StopDecision by_median(const Study& study, const Trials& trials, const Trial& trial,
                       FinishedAverages& finished) {
    const EarlyStopping& rule = study.early_stopping;
    const std::int64_t step = trial.reports.back().step;
    const auto& averages = finished.at(study.objective, trials, step);
    const auto best = best_up_to(study.objective, trial, step);
    if (step < rule.minimum_steps || !best ||
        static_cast<std::int64_t>(averages.size()) < rule.minimum_trials ||
        *best <= quantile(averages, 0.5)) {
        return {};
    }
    return stop("Median", fmt::format("at step {} its best is worse than the median of {} trials",
                                      step, averages.size()));
}

bool has_reached(const Trial& trial, std::int64_t step) {
    return !trial.progress.empty() && trial.progress.back().step >= step;
}

// Steps at which trials are compared, ascending, up to `step`.
std::vector<std::int64_t> rungs_up_to(const EarlyStopping& rule, std::int64_t step) {
    std::vector<std::int64_t> rungs;
    if (rule.name == StoppingName::Hyperband && rule.bands > 0) {
        for (std::int64_t band = rule.bands; band >= 1; --band) {
            const double at = static_cast<double>(rule.maximum_steps) /
                              std::pow(rule.reduction, static_cast<double>(band));
            if (at >= 1 && at <= static_cast<double>(step)) {
                rungs.push_back(static_cast<std::int64_t>(at));
            }
        }
        return rungs;
    }
    for (double at = static_cast<double>(rule.minimum_steps); at <= static_cast<double>(step);
         at *= rule.reduction) {
        rungs.push_back(static_cast<std::int64_t>(at));
    }
    return rungs;
}

// Asha compares once, when a rung is reached; strict Hyperband with every report, since the bound
// moves as others get there.
StopDecision by_rungs(const Study& study, const Trials& trials, const Trial& trial) {
    const EarlyStopping& rule = study.early_stopping;
    const auto rungs = rungs_up_to(rule, trial.reports.back().step);
    const bool always = rule.name == StoppingName::Hyperband && rule.strict;
    if (rungs.empty()) {
        return {};
    }
    const std::int64_t rung = rungs.back();
    const bool reached_before = std::any_of(trial.reports.begin(), trial.reports.end() - 1,
                                            [&](const Report& each) { return each.step >= rung; });
    if (reached_before && !always) {
        return {};
    }
    std::vector<double> losses;
    for (const Trial& other : trials.all()) {
        const auto best =
            has_reached(other, rung) ? best_up_to(study.objective, other, rung) : std::nullopt;
        if (best) {
            losses.push_back(*best);
        }
    }
    std::sort(losses.begin(), losses.end());
    const auto own = best_up_to(study.objective, trial, rung);
    const bool enough = static_cast<double>(losses.size()) >= rule.reduction;
    if (!own || !enough || *own <= quantile(losses, 1 / rule.reduction)) {
        return {};
    }
    return stop(std::string(to_string(rule.name)),
                fmt::format("at step {} it is not among the best 1/{} of {} trials", rung,
                            rule.reduction, losses.size()));
}

} // namespace

// The columns are dropped when trials report at ever other steps: none would be asked for again.
const std::vector<double>& FinishedAverages::at(const Objective& objective, const Trials& trials,
                                                std::int64_t step) {
    constexpr std::size_t columns_max = 1000;
    if (columns_.size() >= columns_max && !columns_.contains(step)) {
        columns_.clear();
    }
    Column& column = columns_[step];
    const auto sorted = static_cast<std::ptrdiff_t>(column.averages.size());
    for (; column.ended < trials.ended().size(); ++column.ended) {
        const Trial& trial = *trials.find(trials.ended()[column.ended]);
        const Progress* progress = trial.progress_at(step);
        if (trial.state == TrialState::Completed && progress != nullptr && progress->count > 0) {
            column.averages.push_back(
                loss_of(objective, progress->sum / static_cast<double>(progress->count)));
        }
    }
    const auto added = column.averages.begin() + sorted;
    std::sort(added, column.averages.end());
    std::inplace_merge(column.averages.begin(), added, column.averages.end());
    return column.averages;
}

StopDecision stop_decision(const Study& study, const Trials& trials, std::int64_t number) {
    FinishedAverages finished;
    return stop_decision(study, trials, number, finished);
}

StopDecision stop_decision(const Study& study, const Trials& trials, std::int64_t number,
                           FinishedAverages& finished) {
    const Trial* trial = trials.find(number);
    if (trial == nullptr || trial->reports.empty()) {
        return {};
    }
    if (auto decision = by_value(study, *trial); decision.stop) {
        return decision;
    }
    if (auto decision = by_patience(study, *trial); decision.stop) {
        return decision;
    }
    switch (study.early_stopping.name) {
    case StoppingName::None:
        return {};
    case StoppingName::Median:
        return by_median(study, trials, *trial, finished);
    case StoppingName::Asha:
    case StoppingName::Hyperband:
        return by_rungs(study, trials, *trial);
    }
    return {};
}

double typical_gain(const Study& study, const Trials& trials, const Trial& stopped) {
    if (stopped.reports.empty()) {
        return 0;
    }
    const std::int64_t step = stopped.reports.back().step;
    std::vector<double> gains;
    for (const Trial& other : trials.all()) {
        const bool further = other.state == TrialState::Completed &&
                             other.number != stopped.number && has_reached(other, step + 1);
        const auto before = further ? best_up_to(study.objective, other, step) : std::nullopt;
        if (before) {
            gains.push_back(*before - loss_of(study.objective, other.value));
        }
    }
    std::sort(gains.begin(), gains.end());
    return gains.empty() ? 0 : std::max(0.0, quantile(gains, 0.5));
}

} // namespace pedigree::search

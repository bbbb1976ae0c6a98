#include "experiment/search/objective.h"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pedigree::experiment {
namespace {

using records::pod::Bundle;
using records::pod::ObservedMetric;
using search::Goal;
using search::ObjectiveRule;

constexpr std::size_t names_shown_max = 20;

// Over all runs of the pod; what is no finite number counts only if there is nothing else.
MetricValue extreme(const Bundle& bundle, const std::string& metric, bool greatest) {
    if (bundle.objective_summary) { // the runs' metrics may stand in pages
        return greatest ? bundle.objective_summary->max : bundle.objective_summary->min;
    }
    MetricValue found;
    for (const auto& run : bundle.runs) {
        const auto seen = run.metrics.find(metric);
        if (seen == run.metrics.end()) {
            continue;
        }
        const MetricValue value = greatest ? seen->second.max : seen->second.min;
        const bool better =
            greatest ? value.number() > found.number() : value.number() < found.number();
        if (found.empty() || (value.is_finite() && (better || !found.is_finite()))) {
            found = value;
        }
    }
    return found;
}

MetricValue last(const Bundle& bundle, const std::string& metric) {
    if (!bundle.objective.empty()) {
        return bundle.objective.back().value;
    }
    if (bundle.objective_summary) {
        return bundle.objective_summary->last;
    }
    MetricValue found;
    for (const auto& run : bundle.runs) {
        if (const auto seen = run.metrics.find(metric); seen != run.metrics.end()) {
            found = seen->second.last;
        }
    }
    return found;
}

MetricValue at_step(const Bundle& bundle, std::int64_t step) {
    MetricValue found;
    for (const auto& point : bundle.objective) {
        if (point.step <= step) {
            found = point.value;
        }
    }
    return found;
}

} // namespace

MetricValue objective_of(const Bundle& bundle, const search::Objective& objective, bool stopped) {
    if (stopped) {
        return extreme(bundle, objective.metric, objective.goal == Goal::Maximize);
    }
    switch (objective.rule) {
    case ObjectiveRule::Last:
        return last(bundle, objective.metric);
    case ObjectiveRule::Min:
        return extreme(bundle, objective.metric, false);
    case ObjectiveRule::Max:
        return extreme(bundle, objective.metric, true);
    case ObjectiveRule::AtStep:
        return at_step(bundle, objective.step);
    }
    return {};
}

std::string missing_words(const Bundle& bundle, const search::Objective& objective) {
    if (bundle.objective_summary) {
        return fmt::format("{} was logged, but not up to step {}", objective.metric,
                           objective.step);
    }
    std::set<std::string> names;
    std::int64_t logged = 0; // where their names stand in pages
    for (const auto& run : bundle.runs) {
        logged += run.metric_count;
        for (const auto& [name, unused] : run.metrics) {
            if (names.size() < names_shown_max) {
                names.insert(name);
            }
        }
    }
    if (names.empty() && logged > 0) {
        return fmt::format("the script never logged {}, among {} metrics; correct "
                           "search.objective.metric or the script",
                           objective.metric, logged);
    }
    if (names.empty()) {
        return fmt::format("the script logged no metric that a tracker recorded; it must log {}",
                           objective.metric);
    }
    if (names.contains(objective.metric)) {
        return fmt::format("{} was logged, but not up to step {}", objective.metric,
                           objective.step);
    }
    return fmt::format("the script never logged {}; it logged {}; correct "
                       "search.objective.metric or the script",
                       objective.metric, fmt::join(names, ", "));
}

} // namespace pedigree::experiment

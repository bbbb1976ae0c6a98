// Early stopping: what running scripts have logged since the last look, judged by the study's rule.

#include <cmath>

#include <nlohmann/json.hpp>

#include "operator/steps/search.h"
#include "pipeline/search/early_stopping.h"
#include "pipeline/search/event_json.h"

namespace pedigree::control {
namespace {

bool compares(const search::EarlyStopping& rule) {
    return rule.name != search::StoppingName::None || rule.threshold || rule.patience > 0;
}

const std::vector<ObjectivePoint>* points_of(const Observation& observation,
                                             const AttemptRow& attempt) {
    const auto found = observation.objective_points.find(attempt.pod_uid);
    return found == observation.objective_points.end() || found->second.empty() ? nullptr
                                                                                : &found->second;
}

void append(const Observation& observation, const std::vector<search::Reported>& reports,
            Change& change) {
    change.search_events_before =
        static_cast<std::int64_t>(observation.history.search_events.size());
    for (const search::Reported& event : reports) {
        change.search_events.push_back(canonical_json(search::to_json(search::Event(event))));
    }
}

Decision report(const Observation& observation, const TrialRow& trial,
                const std::vector<search::Reported>& reports,
                const search::StopDecision& decision) {
    Change change;
    append(observation, reports, change);
    if (decision.stop) {
        TrialRow stopped = trial;
        stopped.stop_reason = decision.reason;
        stopped.message = "stopped early: " + decision.message;
        change.trials = {std::move(stopped)};
    }
    return commit_now("report", std::move(change), Phase::Running);
}

// Those that are not events yet.
std::vector<search::Reported> new_reports(const search::Search& search, std::int64_t trial,
                                          const std::vector<ObjectivePoint>& points) {
    const auto& known = search.trials().find(trial)->reports;
    std::vector<search::Reported> reports;
    for (const ObjectivePoint& point : points) {
        if (known.empty() || point.step > known.back().step) {
            reports.push_back({trial, point.step, point.value});
        }
    }
    return reports;
}

// Nothing: there is no news of this trial.
std::optional<Decision> judge(const Observation& observation, search::Search& search,
                              const TrialRow& trial, const std::vector<ObjectivePoint>& points) {
    std::vector<search::Reported> reports;
    search::StopDecision decision;
    for (const search::Reported& event : new_reports(search, trial.number, points)) {
        if (!search.apply(event)) {
            return std::nullopt;
        }
        reports.push_back(event);
        decision = search::stop_decision(*observation.study, search.trials(), trial.number);
        if (decision.stop) {
            break;
        }
    }
    return reports.empty() ? std::nullopt
                           : std::optional(report(observation, trial, reports, decision));
}

} // namespace

void add_missing_reports(const Observation& observation, std::int64_t trial,
                         const std::vector<ObjectivePoint>& points, Change& change) {
    if (!compares(observation.study->early_stopping)) {
        return;
    }
    if (const auto search = replay(observation)) {
        append(observation, new_reports(*search, trial, points), change);
    }
}

std::optional<Decision> judge_trials(const Observation& observation) {
    std::optional<search::Search> search;
    for (const AttemptRow* attempt : open_attempts(observation)) {
        const TrialRow* trial = observation.history.trial(attempt->trial);
        const auto* points = points_of(observation, *attempt);
        if (attempt->stage != AttemptStage::Started || trial == nullptr || points == nullptr ||
            !trial->stop_reason.empty()) {
            continue;
        }
        if (!compares(observation.study->early_stopping)) {
            if (!std::isfinite(points->back().value)) {
                return report(observation, *trial, {},
                              {true, "NotFinite", "its objective is not a finite number"});
            }
            continue; // nobody compares: there is nothing to keep
        }
        if (!search) {
            auto replayed = replay(observation);
            if (!replayed) {
                return finish_unreadable(observation, replayed.error());
            }
            search = *std::move(replayed);
        }
        if (auto decision = judge(observation, *search, *trial, *points)) {
            return decision;
        }
    }
    return std::nullopt;
}

} // namespace pedigree::control

// Early stopping: what running scripts have logged since the last look, judged by the study's rule.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiment/search/step.h"
#include "pipeline/search/document/event_json.h"
#include "pipeline/search/early_stopping.h"

namespace pedigree::experiment {
namespace {

bool compares(const search::EarlyStopping& rule) {
    return rule.name != search::StoppingName::None || rule.threshold || rule.patience > 0;
}

const std::vector<ObjectivePoint>* points_of(const Accepted& accepted, const AttemptRow& attempt) {
    const auto found = accepted.seen.objective_points.find(attempt.pod_uid);
    return found == accepted.seen.objective_points.end() || found->second.empty() ? nullptr
                                                                                  : &found->second;
}

void append(const std::vector<search::Reported>& reports, Change& change) {
    for (const search::Reported& event : reports) {
        change.search_events.push_back(canonical_json(search::to_json(search::Event(event))));
    }
}

void stop(const TrialRow& trial, const search::StopDecision& decision, Change& change) {
    TrialRow stopped = trial;
    stopped.stop_reason = decision.reason;
    stopped.message = "stopped early: " + decision.message;
    change.trials.push_back(std::move(stopped));
}

// Those that are not events yet. A further attempt begins its trial's curve anew.
std::vector<search::Reported> new_reports(const search::Trials& trials, const AttemptRow& attempt,
                                          const std::vector<ObjectivePoint>& points) {
    const search::Trial& trial = *trials.find(attempt.trial);
    const bool began = trial.attempt == attempt.number && !trial.reports.empty();
    std::vector<search::Reported> reports;
    for (const ObjectivePoint& point : points) {
        if (!began || point.step > trial.reports.back().step) {
            reports.push_back({attempt.trial, point.step, point.value.number(), attempt.number});
        }
    }
    return reports;
}

// A trial whose script runs, and what it has logged so far.
struct RunningTrial {
    const AttemptRow* attempt;
    const TrialRow* trial;
    const std::vector<ObjectivePoint>* points;
};

std::vector<RunningTrial> running_trials(const Accepted& accepted) {
    std::vector<RunningTrial> all;
    for (const AttemptRow* attempt : open_attempts(accepted)) {
        const TrialRow* trial = accepted.seen.history.trial(attempt->trial);
        const auto* points = points_of(accepted, *attempt);
        if (attempt->stage == AttemptStage::Started && trial != nullptr && points != nullptr &&
            trial->stop_reason.empty()) {
            all.push_back({attempt, trial, points});
        }
    }
    return all;
}

// New reports, until a rule stops the trial.
void judge(const search::Study& study, search::Trials& trials, const RunningTrial& running,
           Change& change) {
    std::vector<search::Reported> reports;
    for (const search::Reported& event : new_reports(trials, *running.attempt, *running.points)) {
        if (!trials.apply(event)) {
            return;
        }
        reports.push_back(event);
        const auto decision = search::stop_decision(study, trials, running.trial->number);
        if (decision.stop) {
            stop(*running.trial, decision, change);
            break;
        }
    }
    append(reports, change);
}

bool has_new_reports(const search::Trials& trials, const RunningTrial& running) {
    return !new_reports(trials, *running.attempt, *running.points).empty();
}

} // namespace

void add_missing_reports(const Accepted& accepted, const AttemptRow& attempt,
                         const std::vector<ObjectivePoint>& points, Change& change) {
    if (!compares(accepted.seen.study->early_stopping)) {
        return;
    }
    change.search_events_before =
        static_cast<std::int64_t>(accepted.seen.history.search_events.size());
    if (const auto& search = accepted.seen.search; search && search->trials) {
        append(new_reports(*search->trials, attempt, points), change);
    }
}

std::optional<Decision> judge_trials(const Accepted& accepted) {
    const std::vector<RunningTrial> all = running_trials(accepted);
    Change change;
    change.search_events_before =
        static_cast<std::int64_t>(accepted.seen.history.search_events.size());
    if (!compares(accepted.seen.study->early_stopping)) { // nobody compares: nothing is kept
        for (const RunningTrial& running : all) {
            if (!running.points->back().value.is_finite()) {
                stop(*running.trial, {true, "NotFinite", "its objective is not a finite number"},
                     change);
            }
        }
    } else {
        const auto known = accepted.seen.search ? accepted.seen.search->trials : nullptr;
        if (known && std::any_of(all.begin(), all.end(), [&](const RunningTrial& running) {
                return has_new_reports(*known, running);
            })) {
            search::Trials trials = *known; // what is judged now is committed first
            for (const RunningTrial& running : all) {
                judge(*accepted.seen.study, trials, running, change);
            }
        }
    }
    if (change.search_events.empty() && change.trials.empty()) {
        return std::nullopt;
    }
    return commit_now("report", std::move(change), Phase::Running);
}

} // namespace pedigree::experiment

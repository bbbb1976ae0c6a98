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

// What one running script has logged: new reports, until a rule stops the trial.
void judge(const Observation& observation, search::Search& search, const TrialRow& trial,
           const std::vector<ObjectivePoint>& points, Change& change) {
    std::vector<search::Reported> reports;
    for (const search::Reported& event : new_reports(search, trial.number, points)) {
        if (!search.apply(event)) {
            return;
        }
        reports.push_back(event);
        const auto decision =
            search::stop_decision(*observation.study, search.trials(), trial.number);
        if (decision.stop) {
            stop(trial, decision, change);
            break;
        }
    }
    append(reports, change);
}

// Whether there is any news, found without the engine: it is asked at each look.
bool has_news(const Observation& observation, std::int64_t trial,
              const std::vector<ObjectivePoint>& points) {
    const auto& events = observation.history.search_events;
    for (auto line = events.rbegin(); line != events.rend(); ++line) {
        if (!line->starts_with("{\"report\"")) {
            continue;
        }
        const auto document = parse_json(*line);
        const Json& report = document ? at_path(*document, {"report"}) : Json();
        if (integer_or(report, "trial") == trial) {
            return points.back().step > integer_or(report, "step");
        }
    }
    return true;
}

struct News {
    const TrialRow* trial;
    const std::vector<ObjectivePoint>* points;
};

std::vector<News> news_of(const Observation& observation) {
    std::vector<News> all;
    for (const AttemptRow* attempt : open_attempts(observation)) {
        const TrialRow* trial = observation.history.trial(attempt->trial);
        const auto* points = points_of(observation, *attempt);
        if (attempt->stage == AttemptStage::Started && trial != nullptr && points != nullptr &&
            trial->stop_reason.empty()) {
            all.push_back({trial, points});
        }
    }
    return all;
}

} // namespace

void add_missing_reports(const Observation& observation, std::int64_t trial,
                         const std::vector<ObjectivePoint>& points, Change& change) {
    if (!compares(observation.study->early_stopping)) {
        return;
    }
    change.search_events_before =
        static_cast<std::int64_t>(observation.history.search_events.size());
    if (const auto search = replay(observation)) {
        append(new_reports(*search, trial, points), change);
    }
}

std::optional<Decision> judge_trials(const Observation& observation) {
    std::vector<News> all = news_of(observation);
    Change change;
    change.search_events_before =
        static_cast<std::int64_t>(observation.history.search_events.size());
    if (!compares(observation.study->early_stopping)) { // nobody compares: nothing is kept
        for (const News& news : all) {
            if (!std::isfinite(news.points->back().value)) {
                stop(*news.trial, {true, "NotFinite", "its objective is not a finite number"},
                     change);
            }
        }
    } else {
        std::erase_if(all, [&](const News& news) {
            return !has_news(observation, news.trial->number, *news.points);
        });
        auto search = all.empty() ? Result<search::Search>(failure(ErrorCode::NotFound, ""))
                                  : replay(observation);
        for (const News& news : search ? all : std::vector<News>()) {
            judge(observation, *search, *news.trial, *news.points, change);
        }
    }
    if (change.search_events.empty() && change.trials.empty()) {
        return std::nullopt;
    }
    return commit_now("report", std::move(change), Phase::Running);
}

} // namespace pedigree::control

// What the Observation of a search holds besides: how its trials stand, what earlier searches came
// to, and what its engine says of both.

#include <nlohmann/json.hpp>

#include "experiment/steps/attempt.h"
#include "experiment/steps/retry.h"
#include "operator/reconcile/reconciler.h"
#include "pipeline/search/document/event_json.h"

namespace pedigree::control {

// Before acceptance: which earlier searches there are. After it: what those came to.
Status Reconciler::gather_earlier(experiment::Observation& observation) {
    if (!observation.study || observation.study->warm_start != search::WarmStart::Project) {
        return {};
    }
    const auto& experiment = observation.history.experiment;
    if (!experiment) {
        const search::Objective& objective = observation.study->objective;
        TRY(observation.earlier_searches,
            with_.state.earlier_searches({.name_space = observation.resource->name_space,
                                          .project = observation.spec->project,
                                          .metric = objective.metric,
                                          .goal = std::string(to_string(objective.goal))}));
        return {};
    }
    if (experiment->outcome != experiment::Outcome::None || experiment->earlier_searches.empty()) {
        return {};
    }
    KnownSearch known = known_.take(experiment->uid);
    if (known.earlier_searches != experiment->earlier_searches) {
        TRY(known.earlier, earlier_studies(experiment->earlier_searches));
        known.earlier_searches = experiment->earlier_searches;
    }
    observation.earlier = known.earlier;
    known_.put(experiment->uid, std::move(known));
    return {};
}

Result<std::vector<search::EarlierStudy>>
Reconciler::earlier_studies(const std::string& earlier_searches) {
    std::vector<search::EarlierStudy> studies;
    TRY(const Json list, parse_json(earlier_searches));
    for (const Json& item : list) {
        TRY(const auto lines,
            with_.state.search_events(string_or(item, "experiment"), integer_or(item, "events")));
        search::Trials trials;
        for (const std::string& line : lines) {
            TRY(const Json document, parse_json(line));
            TRY(const auto event, search::event_from(document));
            TRY(trials.apply(event));
        }
        studies.push_back(search::earlier_study(trials));
    }
    return studies;
}

Status Reconciler::gather_trials(experiment::Observation& observation) {
    TRY(gather_earlier(observation));
    if (!observation.study || !observation.history.experiment) {
        return {};
    }
    const std::string& uid = observation.history.experiment->uid;
    if (observation.history.experiment->outcome != experiment::Outcome::None) {
        known_.forget(uid);
        return {};
    }
    std::vector<std::string> running;
    for (const experiment::AttemptRow* attempt : experiment::open_attempts(observation)) {
        if (attempt->stage == experiment::AttemptStage::Started) {
            running.push_back(attempt->pod_uid);
        }
    }
    if (!running.empty()) {
        TRY(observation.objective_points, with_.state.objective_points(running));
    }
    if (observation.study->reuse != search::Reuse::SameSeed) {
        return {};
    }
    for (const experiment::TrialRow& trial : observation.history.trials) {
        if (trial.state != experiment::TrialState::Running || trial.repeats != 0 ||
            !experiment::attempts_of(observation, trial.number).empty()) {
            continue;
        }
        TRY(auto same, with_.state.find_trial(trial.fingerprint));
        if (same) {
            observation.reusable.emplace(trial.number, *std::move(same));
        }
    }
    return {};
}

// Once more whenever what it rests on was read again.
void Reconciler::look_at_search(experiment::Observation& observation) {
    if (!observation.study || !observation.history.experiment) {
        return;
    }
    const std::string& uid = observation.history.experiment->uid;
    KnownSearch known = known_.take(uid);
    known.engine.look(observation);
    if (observation.search) {
        known_.put(uid, std::move(known));
    }
}

} // namespace pedigree::control

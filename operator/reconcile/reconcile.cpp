// One look at one Experiment: which execution, what follows, one effect.

#include <nlohmann/json.hpp>

#include "experiment/status/project.h"
#include "operator/reconcile/reconciler.h"
#include "operator/reconcile/seen.h"
#include "store/connection.h"

namespace pedigree::control {
namespace {

// What decide() wants, or else the status, if it shows something else.
experiment::Decision next_of(const experiment::Observation& observation) {
    experiment::Decision decision = experiment::decide(observation);
    if (!decision.effect && observation.resource &&
        canonical_json(experiment::project_status(observation, decision)) !=
            observation.resource->status_json) {
        decision.effect = experiment::WriteStatus{};
    }
    return decision;
}

const experiment::ExperimentRow* find(const std::vector<experiment::ExperimentRow>& experiments,
                                      const k8s::ObjectKey& key) {
    for (const experiment::ExperimentRow& experiment : experiments) {
        if (experiment.name_space == key.name_space && experiment.name == key.name) {
            return &experiment;
        }
    }
    return nullptr;
}

} // namespace

Result<ReconcileResult> Reconciler::reconcile(const k8s::ObjectKey& key) {
    k8s::Object object = with_.cluster.experiment(key);
    if (!object) {
        return close_left_open(key);
    }
    auto observation = gather(object, k8s::uid_of(*object));
    if (!observation) {
        if (observation.error().reason == store::away_reason) {
            say_database_away(object);
        }
        return tl::unexpected<Error>(observation.error());
    }
    if (!observation->history.experiment) {
        // An execution is accepted only after those before it under the same name are closed.
        TRY(const ReconcileResult closing, close_left_open(key));
        if (closing.requeue) {
            return closing;
        }
        // Accepted, and PostgreSQL knows nothing of it: it was put back. The cache has no spec.
        if (was_accepted(*object)) {
            TRY(Json live, with_.api.get(experiments, key));
            object = std::make_shared<const Json>(std::move(live));
            TRY(observation, gather(object, k8s::uid_of(*object)));
        }
    }
    return proceed(object, *std::move(observation));
}

// What a CR left that vanished in spite of our finalizer; found by its history, also after a
// restart.
Result<ReconcileResult> Reconciler::close_left_open(const k8s::ObjectKey& key) {
    TRY(const auto unreleased, with_.state.unreleased());
    const experiment::ExperimentRow* left = find(unreleased, key);
    if (left == nullptr) {
        return ReconcileResult{};
    }
    // Nothing is given up on the word of a cache.
    const auto live = with_.api.get(experiments, key);
    if (!live && live.error().code != ErrorCode::NotFound) {
        return tl::unexpected<Error>(live.error());
    }
    k8s::Object object;
    if (live && k8s::uid_of(*live) == left->uid) {
        object = std::make_shared<const Json>(*live);
    }
    TRY(experiment::Observation observation, gather(object, left->uid));
    return proceed(std::move(object), std::move(observation));
}

Result<ReconcileResult> Reconciler::proceed(k8s::Object object,
                                            experiment::Observation observation) {
    begin_wanted(observation);
    experiment::Decision decision = next_of(observation);
    if (decision.effect) {
        TRY(look_live(object, observation));
        look_at_search(observation);
        decision = next_of(observation);
    }
    if (!decision.effect) {
        return ReconcileResult{.requeue_after = decision.look_again};
    }
    TRY(act(object, observation, decision));
    if (std::holds_alternative<experiment::WriteStatus>(*decision.effect)) {
        return ReconcileResult{.requeue_after = decision.look_again};
    }
    return ReconcileResult{.requeue = true};
}

// At each look, not after the commit alone: a commit whose answer was lost has wanted them too.
void Reconciler::begin_wanted(const experiment::Observation& observation) const {
    for (const auto& [key, activity] : observation.history.activities) {
        if (activity.state == experiment::ActivityState::Wanted) {
            const experiment::ExperimentRow& experiment = *observation.history.experiment;
            with_.begin_activity(
                {experiment.uid, experiment.name_space, experiment.name, activity});
        }
    }
}

} // namespace pedigree::control

// One look at one Experiment: which execution, what follows, one effect.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "experiment/status/project.h"
#include "experiment/status/told.h"
#include "operator/reconcile/reconciler.h"
#include "operator/reconcile/seen.h"
#include "records/names.h"
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

const LeftOpen* find(const std::vector<LeftOpen>& all, const k8s::ObjectKey& key) {
    for (const LeftOpen& left : all) {
        if (left.name_space == key.name_space && left.name == key.name) {
            return &left;
        }
    }
    return nullptr;
}

// The evidence, the Experiment's end, and the status that says that neither could be written.
constexpr int refused_commits_max = 3;
constexpr std::size_t refusal_bytes_max = 600;

// Whether it is what was to be written that is refused, and not the moment or the database.
std::optional<experiment::RefusedCommit> refused_for_good(const experiment::Decision& decision,
                                                          const Error& error) {
    const auto* commit = std::get_if<experiment::CommitChange>(&*decision.effect);
    const bool about_its_content = error.code == ErrorCode::InvalidInput ||
                                   error.code == ErrorCode::TooLarge ||
                                   error.code == ErrorCode::Corrupt;
    if (commit == nullptr || !about_its_content) {
        return std::nullopt;
    }
    log_warning("what was to be recorded is refused for good",
                {{"effect", experiment::effect_name(*decision.effect)}, {"error", error.message}});
    return experiment::RefusedCommit{
        commit->change, clean_text("cannot be recorded: " + error.message, refusal_bytes_max)};
}

bool is_open(const experiment::History& history) {
    return !history.experiment->released ||
           std::any_of(history.attempts.begin(), history.attempts.end(),
                       [](const experiment::AttemptRow& attempt) {
                           return attempt.stage < experiment::AttemptStage::Released;
                       });
}

} // namespace

Result<ReconcileResult> Reconciler::reconcile(const k8s::ObjectKey& key) {
    k8s::Object object = with_.cluster.experiment(key);
    if (!object) {
        TRY(const ReconcileResult closing, close_left_open(key));
        if (!closing.requeue && !closing.requeue_after) {
            TRY(release_orphans(key));
        }
        return closing;
    }
    auto result = look_at(object);
    return result ? result : say_why_not(object, result.error());
}

Result<ReconcileResult> Reconciler::look_at(k8s::Object object) {
    const k8s::ObjectKey key = k8s::key_of(*object);
    TRY(experiment::Observation observation, gather(object, k8s::uid_of(*object)));
    if (!observation.history.experiment) {
        // An execution is accepted only after those before it under the same name are closed.
        TRY(const ReconcileResult closing, close_left_open(key));
        if (closing.requeue) {
            return closing;
        }
        // Accepted, and PostgreSQL knows nothing of it: it was put back. The cache has no spec.
        if (was_accepted(*object)) {
            TRY(Json live, api_.get(experiments, key));
            object = std::make_shared<const Json>(std::move(live));
            TRY(observation, gather(object, k8s::uid_of(*object)));
        }
    }
    return proceed(object, std::move(observation));
}

// What can be said is; and whoever gives up a record that cannot be read may have his CR.
Result<ReconcileResult> Reconciler::say_why_not(const k8s::Object& object, const Error& error) {
    const experiment::Resource resource = resource_from(*object);
    if (error.code == ErrorCode::Corrupt && resource.deleting_since && resource.abandon_record &&
        resource.has_finalizer) {
        TRY(set_finalizer(object, false));
        return ReconcileResult{};
    }
    const auto obstacle = error.reason == store::away_reason
                              ? std::optional(experiment::database_away())
                              : experiment::obstacle_of(error);
    if (obstacle) {
        say(object, *obstacle);
    }
    return tl::unexpected<Error>(error);
}

// What a CR left that vanished in spite of our finalizer; found by its history, also after a
// restart.
Result<ReconcileResult> Reconciler::close_left_open(const k8s::ObjectKey& key) {
    TRY(const auto unreleased, with_.state.unreleased());
    const LeftOpen* left = find(unreleased, key);
    if (left == nullptr) {
        return ReconcileResult{};
    }
    // Nothing is given up on the word of a cache.
    const auto live = api_.get(experiments, key);
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

// Jobs whose Experiment is gone, and of which no history will ask again: PostgreSQL was put back to
// before it, or an owner was taken away. Our finalizer would hold their namespace for ever.
Status Reconciler::release_orphans(const k8s::ObjectKey& key) {
    for (const k8s::Object& job : with_.cluster.jobs_named(key)) {
        const std::string uid = k8s::label_of(*job, records::experiment_label);
        if (!job_from(*job, uid).has_finalizer) {
            continue;
        }
        const auto live = api_.get(experiments, key); // not on the word of a cache
        if (live || live.error().code != ErrorCode::NotFound) {
            return live ? Status{} : tl::unexpected<Error>(live.error());
        }
        TRY(const experiment::History history, with_.state.load(uid));
        if (history.experiment && is_open(history)) {
            continue; // close_left_open() is at it
        }
        TRY(const Json found, api_.get(k8s::jobs, k8s::key_of(*job)));
        TRY(take_finalizer_off(found));
        log_warning("a Job without its Experiment was released",
                    {{"job", k8s::key_of(*job).text()}, {"experiment", uid}});
    }
    return {};
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
    Status done = act(object, observation, decision);
    for (int tries = 0; !done && tries < refused_commits_max; ++tries) {
        auto refused = refused_for_good(decision, done.error());
        if (!refused) {
            break;
        }
        observation.refused = std::move(refused);
        decision = next_of(observation);
        if (!decision.effect) {
            return ReconcileResult{.requeue_after = decision.look_again};
        }
        done = act(object, observation, decision);
    }
    // What the API server says to a Job is judged by the next look, which follows at once.
    if (!done && std::holds_alternative<experiment::CreateJob>(*decision.effect) &&
        is_refusal(done.error())) {
        return ReconcileResult{.requeue = true};
    }
    TRY(done);
    if (std::holds_alternative<experiment::WriteStatus>(*decision.effect)) {
        return ReconcileResult{.requeue_after = decision.look_again};
    }
    return ReconcileResult{.requeue = true};
}

// At each look, not after the commit alone: a commit whose answer was lost has wanted them too.
// What a database that was put back wants of an Experiment that had ended, or is gone, nobody does;
// nor what it wants before it knows which commit that was.
void Reconciler::begin_wanted(const experiment::Observation& observation) const {
    if (!observation.resource || experiment::is_history_lost(observation) ||
        !experiment::commit_to_pin(observation).empty()) {
        return;
    }
    for (const auto& [key, activity] : observation.history.activities) {
        if (activity.state == experiment::ActivityState::Wanted) {
            const experiment::ExperimentRow& experiment = *observation.history.experiment;
            with_.begin_activity(
                {experiment.uid, experiment.name_space, experiment.name, activity});
        }
    }
}

} // namespace pedigree::control

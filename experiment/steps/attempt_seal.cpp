// From an end to a released Job: Ended -> Observed -> Told -> Released.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/record_proof.h"
#include "experiment/search/step.h"
#include "experiment/steps/attempt.h"
#include "experiment/steps/attempt_verdict.h"
#include "records/names.h"
#include "records/pod/bundle.h"

namespace pedigree::experiment {
namespace {

using records::pod::Bundle;

// How long the Job controller may take to see that the pod is over.
constexpr std::chrono::seconds job_verdict_wait_max{60};

AttemptStage after_observed(const Accepted& accepted) {
    const bool tracked = !accepted.row.parent_run_id.empty();
    return tracked ? AttemptStage::Observed : AttemptStage::Told;
}

std::vector<ObjectivePoint> points_of(const Bundle& bundle) {
    std::vector<ObjectivePoint> points;
    for (const auto& point : bundle.objective) {
        points.push_back({point.step, point.value});
    }
    return points;
}

Decision without_evidence(const Accepted& accepted, AttemptRow attempt) {
    attempt.stage = after_observed(accepted);
    attempt.gaps += 1;
    return commit_attempt("lost", std::move(attempt), {RecordKind::EvidenceLost}, Phase::Sealing);
}

// What the recorder saw goes into the row, the ledger, and to the search.
Decision commit_observed(const Accepted& accepted, const AttemptRow& attempt, const Bundle& bundle,
                         RecordProof proof) {
    AttemptRow observed = attempt;
    observed.stage = after_observed(accepted);
    observed.record_proof = proof;
    observed.gaps += static_cast<std::int64_t>(bundle.gaps.size()) +
                     (unproved_sentence(proof).empty() ? 0 : 1) + (bundle.pages.empty() ? 0 : 1);
    observed.models = std::count_if(bundle.artifacts.begin(), bundle.artifacts.end(),
                                    [](const auto& artifact) { return artifact.kind == "Model"; });
    refine_verdict(observed, bundle, accepted.spec);
    read_objective(accepted, bundle, observed);
    Decision decision = commit_attempt("observed", std::move(observed),
                                       {RecordKind::AttemptObserved}, Phase::Sealing);
    if (accepted.seen.study && accepted.seen.history.trial(attempt.trial) != nullptr) {
        add_missing_reports(accepted, attempt, points_of(bundle),
                            std::get<CommitChange>(*decision.effect).change);
    }
    return decision;
}

} // namespace

Decision record_lost(const Accepted& accepted, AttemptRow attempt, const std::string& why) {
    if (attempt.failure_class == FailureClass::None) {
        set_verdict(attempt, FailureClass::Infrastructure, "RecordLost",
                    "the script ended well, but the recorder's record is lost: " + why);
    } else {
        attempt.message += "; the recorder's record is lost: " + why;
    }
    return without_evidence(accepted, std::move(attempt));
}

Decision record_refused(const Accepted& accepted, AttemptRow attempt, const std::string& why) {
    if (attempt.failure_class == FailureClass::None) {
        set_verdict(attempt, FailureClass::Configuration, record_refused_reason,
                    "the script ended well, but what the recorder saw of it " + why);
    }
    return without_evidence(accepted, std::move(attempt));
}

Decision collect_record(const Accepted& accepted, const AttemptRow& attempt) {
    const JobSeen* job = job_of(accepted, attempt);
    const PodSeen* pod = pod_of(accepted, attempt);
    const bool may_run = pod != nullptr
                             ? !run::pod_ended(pod->facts)
                             : attempt.pod_uid.empty() && job != nullptr && !job->finished;
    if (job != nullptr && !job->deleting && may_run) {
        return effect_now(DeleteJob{job->name, job->uid}, Phase::Sealing); // it must not start now
    }
    if (!attempt.trained) {
        AttemptRow observed = attempt;
        observed.stage = after_observed(accepted);
        return commit_attempt("observed", std::move(observed), {}, Phase::Sealing);
    }
    const ActivityKey key = collect_activity(attempt.trial, attempt.number);
    const ActivityView activity = view_activity(accepted, key);
    switch (activity.kind) {
    case ActivityView::Kind::Absent:
        return commit_now("collect", Change{.wanted = {key}}, Phase::Sealing);
    case ActivityView::Kind::Running:
        return wait(Phase::Sealing, "CollectingRecord", "fetching what the recorder observed");
    case ActivityView::Kind::Failed:
        return record_lost(accepted, attempt, activity.row->message);
    case ActivityView::Kind::Done:
        break;
    }
    const auto record = fetched_record(accepted.seen.history, attempt);
    const auto proof = record.and_then(
        [&](const auto& read) { return prove(accepted.seen.history, attempt, read); });
    if (!proof) {
        return record_lost(accepted, attempt, proof.error().message);
    }
    return commit_observed(accepted, attempt, record->bundle, *proof);
}

Decision tell_tracker(const Accepted& accepted, const AttemptRow& attempt) {
    AttemptRow told = attempt;
    told.stage = AttemptStage::Told;
    if (attempt.pod_uid.empty()) { // it never ran, so the tracker knows nothing of it
        return commit_attempt("told", std::move(told), {}, Phase::Sealing);
    }
    const ActivityKey key = tell_activity(attempt.trial, attempt.number);
    const ActivityView activity = view_activity(accepted, key);
    switch (activity.kind) {
    case ActivityView::Kind::Absent:
        return commit_now("tell", Change{.wanted = {key}}, Phase::Sealing);
    case ActivityView::Kind::Running:
        return wait(Phase::Sealing, "TellingTracker", "telling MLflow how the attempt ended");
    case ActivityView::Kind::Failed:
        told.gaps += 1;
        return commit_attempt("told", std::move(told), {RecordKind::RunsTold}, Phase::Sealing);
    case ActivityView::Kind::Done:
        break;
    }
    return commit_attempt("told", std::move(told), {RecordKind::RunsTold}, Phase::Sealing);
}

Decision release_job(const Observation& observation, const AttemptRow& attempt) {
    const JobSeen* job = job_of(observation, attempt);
    // Its pod is over, and it may make another: suspended and resumed by a queue, say. What is
    // tried again gets a Job of its own. One that was given up goes with its Experiment.
    if (job != nullptr && !job->finished && !job->deleting && attempt.ended_at) {
        const Instant due = *attempt.ended_at + job_verdict_wait_max;
        if (observation.now >= due || second_pod_of(observation, attempt) != nullptr) {
            return effect_now(DeleteJob{job->name, job->uid}, Phase::Sealing);
        }
        return wait(Phase::Sealing, "WaitingForJob",
                    "the pod has ended; waiting for the Job controller's verdict",
                    std::chrono::seconds(5));
    }
    if (job != nullptr && job->has_finalizer) {
        return effect_now(ReleaseJob{job->name, job->uid}, Phase::Sealing);
    }
    AttemptRow released = attempt;
    released.stage = AttemptStage::Released;
    return commit_attempt("released", std::move(released), {}, Phase::Sealing);
}

} // namespace pedigree::experiment

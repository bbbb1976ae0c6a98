// From an end to a released Job: Ended -> Observed -> Told -> Released.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/record_proof.h"
#include "experiment/search/objective.h"
#include "experiment/search/step.h"
#include "experiment/steps/attempt.h"
#include "records/names.h"
#include "records/pod/bundle.h"

namespace pedigree::experiment {
namespace {

using records::pod::Bundle;

// How long the Job controller may take to see that the pod is over.
constexpr std::chrono::seconds job_verdict_wait_max{60};

// What the recorder said of an output that was there and is not among the artifacts; "" if the
// script wrote none.
std::string why_not_kept(const Bundle& bundle, const std::string& output_name) {
    const std::string prefix = "output " + output_name + ": ";
    std::string why;
    for (const auto& gap : bundle.gaps) {
        if (gap.sentence.starts_with(prefix) && !gap.sentence.ends_with(" is not there")) {
            why += (why.empty() ? "" : "; ") + gap.sentence;
        }
    }
    return why;
}

AttemptStage after_observed(const Accepted& accepted) {
    const bool tracked = !accepted.row.parent_run_id.empty();
    return tracked ? AttemptStage::Observed : AttemptStage::Told;
}

void set_verdict(AttemptRow& attempt, run::FailureClass failure_class, std::string reason,
                 std::string message) {
    attempt.failure_class = failure_class;
    attempt.reason = std::move(reason);
    attempt.message = std::move(message);
}

// The launcher's report says more than an exit code, and an exit code of 0 is not yet a success:
// the declared outputs must be in the record.
void refine_verdict(AttemptRow& attempt, const Bundle& bundle, const spec::ExperimentSpec& spec) {
    if (attempt.failure_class == FailureClass::UserCode) {
        run::PodFacts facts;
        facts.phase = "Failed";
        facts.train.terminated = true;
        facts.train.reason = "Error";
        facts.train.exit_code = attempt.exit_code;
        run::LauncherWord word;
        word.exit_code = bundle.launcher.exit_code;
        word.signal = bundle.launcher.signal;
        word.started = bundle.launcher.started;
        word.error = bundle.launcher.error;
        word.failure_hint = bundle.launcher.failure_hint;
        word.deadline_exceeded = bundle.launcher.failure_hint == "DeadlineExceeded";
        word.stderr_tail = bundle.launcher.stderr_tail;
        const run::Verdict verdict = run::classify(facts, "", word);
        set_verdict(attempt, verdict.failure_class, verdict.reason, verdict.message);
        return;
    }
    if (attempt.failure_class != FailureClass::None) {
        return;
    }
    if (!bundle.complete) {
        set_verdict(attempt, FailureClass::Infrastructure, "RecordIncomplete",
                    "the script ended well, but its outputs could not all be kept");
        return;
    }
    for (const spec::OutputSpec& output : spec.outputs) {
        const bool found = std::any_of(
            bundle.artifacts.begin(), bundle.artifacts.end(), [&](const auto& artifact) {
                return artifact.source == "Output" && artifact.name == output.name;
            });
        if (found) {
            continue;
        }
        if (const std::string why = why_not_kept(bundle, output.name); !why.empty()) {
            set_verdict(attempt, FailureClass::UserCode, "OutputRefused",
                        "the script ended with 0, but its output could not be kept: " + why);
        } else {
            set_verdict(attempt, FailureClass::UserCode, "OutputMissing",
                        "the script ended with 0 but did not write its output " + output.name +
                            " at " + output.path + "; check spec.outputs against the script");
        }
        return;
    }
}

std::vector<ObjectivePoint> points_of(const Bundle& bundle) {
    std::vector<ObjectivePoint> points;
    for (const auto& point : bundle.objective) {
        points.push_back({point.step, point.value});
    }
    return points;
}

// What the search is after. A script that ended well without it is of no use to the search.
void read_objective(const Accepted& accepted, const Bundle& bundle, AttemptRow& attempt) {
    if (!accepted.seen.study) {
        return;
    }
    const TrialRow* trial = accepted.seen.history.trial(attempt.trial);
    const bool stopped = trial != nullptr && !trial->stop_reason.empty();
    attempt.objective = objective_of(bundle, accepted.seen.study->objective, stopped);
    if (attempt.objective.empty() && attempt.failure_class == FailureClass::None && !stopped) {
        set_verdict(attempt, FailureClass::Configuration, "ObjectiveMissing",
                    missing_words(bundle, accepted.seen.study->objective));
    }
}

Decision without_evidence(const Accepted& accepted, AttemptRow attempt) {
    attempt.stage = after_observed(accepted);
    attempt.gaps += 1;
    return commit_attempt("lost", std::move(attempt), {RecordKind::EvidenceLost}, Phase::Sealing);
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
    const Bundle* bundle = &record->bundle;
    AttemptRow observed = attempt;
    observed.stage = after_observed(accepted);
    observed.record_proof = *proof;
    observed.gaps += static_cast<std::int64_t>(bundle->gaps.size()) +
                     (unproved_sentence(*proof).empty() ? 0 : 1) + (bundle->pages.empty() ? 0 : 1);
    observed.models = std::count_if(bundle->artifacts.begin(), bundle->artifacts.end(),
                                    [](const auto& artifact) { return artifact.kind == "Model"; });
    refine_verdict(observed, *bundle, accepted.spec);
    read_objective(accepted, *bundle, observed);
    Decision decision = commit_attempt("observed", std::move(observed),
                                       {RecordKind::AttemptObserved}, Phase::Sealing);
    if (accepted.seen.study && accepted.seen.history.trial(attempt.trial) != nullptr) {
        add_missing_reports(accepted, attempt, points_of(*bundle),
                            std::get<CommitChange>(*decision.effect).change);
    }
    return decision;
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

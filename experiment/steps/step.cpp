#include "experiment/steps/step.h"

#include <nlohmann/json.hpp>

#include "pipeline/search/document/event_json.h"

namespace pedigree::experiment {

Words<Phase> words_of(Phase) {
    static constexpr Word<Phase> table[] = {
        {Phase::Pending, "Pending"},     {Phase::Resolving, "Resolving"},
        {Phase::Building, "Building"},   {Phase::Queued, "Queued"},
        {Phase::Running, "Running"},     {Phase::Sealing, "Sealing"},
        {Phase::Suspended, "Suspended"}, {Phase::Succeeded, "Succeeded"},
        {Phase::Failed, "Failed"},       {Phase::Cancelled, "Cancelled"},
    };
    return table;
}

Decision commit_now(std::string name, Change change, Phase phase) {
    return effect_now(CommitChange{std::move(name), std::move(change)}, phase);
}

Decision effect_now(Effect effect, Phase phase) {
    Decision decision;
    decision.effect = std::move(effect);
    decision.phase = phase;
    return decision;
}

Decision wait(Phase phase, std::string reason, std::string message,
              std::optional<std::chrono::milliseconds> look_again) {
    Decision decision;
    decision.phase = phase;
    decision.reason = std::move(reason);
    decision.message = std::move(message);
    decision.look_again = look_again;
    return decision;
}

Decision both_waits(Decision left, Decision right) {
    const auto again = left.look_again && right.look_again
                           ? std::min(*left.look_again, *right.look_again)
                       : left.look_again ? left.look_again
                                         : right.look_again;
    // Running is what people want to know; Sealing follows it.
    const auto rank = [](Phase phase) {
        return phase == Phase::Running ? 2 : phase == Phase::Sealing;
    };
    Decision& shown = rank(right.phase) > rank(left.phase) ? right : left;
    shown.look_again = again;
    return std::move(shown);
}

void close_trials(const Observation& observation, Change& change) {
    change.search_events_before =
        static_cast<std::int64_t>(observation.history.search_events.size());
    for (TrialRow trial : observation.history.trials) {
        if (trial.state != TrialState::Running) {
            continue;
        }
        trial.state = TrialState::Failed;
        trial.failure_class = FailureClass::Cancelled;
        trial.failure_reason = change.experiment->reason;
        trial.message = "the Experiment ended before it did";
        trial.ended_at = observation.now;
        const search::Told told{trial.number, search::Outcome::Failed, 0,
                                std::string(to_string(trial.failure_class))};
        change.search_events.push_back(canonical_json(search::to_json(search::Event(told))));
        change.trials.push_back(std::move(trial));
    }
    if (!change.trials.empty()) {
        change.records.push_back(RecordKind::TrialEnded);
    }
}

Decision finish_now(const Accepted& accepted, Outcome outcome, FailureClass failure_class,
                    std::string reason, std::string message) {
    Change change;
    change.experiment = accepted.row;
    change.experiment->outcome = outcome;
    change.experiment->failure_class = failure_class;
    change.experiment->reason = std::move(reason);
    change.experiment->message = std::move(message);
    change.experiment->finished_at = accepted.seen.now;
    close_trials(accepted, change);
    // Which of the Experiment's ends it is, should its search be extended.
    change.record_attempt = change.experiment->extensions;
    change.records.push_back(RecordKind::ExperimentFinished);
    return commit_now("finished", std::move(change), Phase::Sealing);
}

const AttemptRow* last_attempt(const Observation& observation) {
    const auto& attempts = observation.history.attempts;
    return attempts.empty() ? nullptr : &attempts.back();
}

std::vector<const AttemptRow*> open_attempts(const Observation& observation) {
    std::vector<const AttemptRow*> open;
    for (const AttemptRow& attempt : observation.history.attempts) {
        if (attempt.stage < AttemptStage::Released) {
            open.push_back(&attempt);
        }
    }
    return open;
}

Decision wait_for_activity(Phase phase, const ActivityRow& row, std::string doing) {
    if (!row.message.empty()) {
        return wait(phase, row.reason,
                    doing + " failed " + std::to_string(row.tries) +
                        " times and is tried again: " + row.message);
    }
    std::string message = row.progress.empty() ? std::move(doing) : row.progress;
    return wait(phase,
                phase == Phase::Resolving  ? "ResolvingSource"
                : phase == Phase::Building ? "BuildingImage"
                                           : "WaitingForTracker",
                std::move(message));
}

std::optional<Decision> until_done(const Accepted& accepted, const ActivityStep& step) {
    const ActivityView activity = view_activity(accepted, step.key);
    switch (activity.kind) {
    case ActivityView::Kind::Absent:
        return commit_now(step.wish, Change{.wanted = {step.key}}, step.phase);
    case ActivityView::Kind::Running:
        return wait_for_activity(step.phase, *activity.row, step.doing);
    case ActivityView::Kind::Failed:
        return finish_after(accepted, *activity.row);
    case ActivityView::Kind::Done:
        break;
    }
    return std::nullopt;
}

Decision finish_after(const Accepted& accepted, const ActivityRow& row) {
    return finish_now(accepted, Outcome::Failed, row.failure_class, row.reason, row.message);
}

Decision finish_unreadable(const Accepted& accepted, const Error& error) {
    return finish_now(accepted, Outcome::Failed, FailureClass::Infrastructure, "UnreadableOutcome",
                      "what was recorded cannot be read: " + error.message);
}

ActivityView view_activity(const Observation& observation, const ActivityKey& key) {
    ActivityView view;
    view.row = observation.history.activity(key);
    if (view.row == nullptr) {
        return view;
    }
    switch (view.row->state) {
    case ActivityState::Wanted:
        view.kind = ActivityView::Kind::Running;
        break;
    case ActivityState::Succeeded:
        view.kind = ActivityView::Kind::Done;
        break;
    case ActivityState::Failed:
        view.kind = ActivityView::Kind::Failed;
        break;
    }
    return view;
}

} // namespace pedigree::experiment

#include "operator/steps/step.h"

#include "base/words.h"

namespace pedigree::control {
namespace {

constexpr auto phases = words<Phase>({
    {Phase::Pending, "Pending"},
    {Phase::Resolving, "Resolving"},
    {Phase::Building, "Building"},
    {Phase::Queued, "Queued"},
    {Phase::Running, "Running"},
    {Phase::Sealing, "Sealing"},
    {Phase::Suspended, "Suspended"},
    {Phase::Succeeded, "Succeeded"},
    {Phase::Failed, "Failed"},
    {Phase::Cancelled, "Cancelled"},
});

} // namespace

std::string_view to_string(Phase phase) {
    return phases.word(phase);
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

Decision finish_now(const Observation& observation, Outcome outcome, std::string failure_class,
                    std::string reason, std::string message) {
    Change change;
    change.experiment = observation.history.experiment;
    change.experiment->outcome = outcome;
    change.experiment->failure_class = std::move(failure_class);
    change.experiment->reason = std::move(reason);
    change.experiment->message = std::move(message);
    change.experiment->finished_at = observation.now;
    change.records = {RecordKind::ExperimentFinished};
    return commit_now("finished", std::move(change), Phase::Sealing);
}

const AttemptRow* last_attempt(const Observation& observation) {
    const auto& attempts = observation.history.attempts;
    return attempts.empty() ? nullptr : &attempts.back();
}

const AttemptRow* open_attempt(const Observation& observation) {
    const AttemptRow* last = last_attempt(observation);
    return last != nullptr && last->stage < AttemptStage::Released ? last : nullptr;
}

Decision wait_for_activity(Phase phase, const ActivityRow& row, std::string doing) {
    if (!row.message.empty()) {
        return wait(phase, row.reason, doing + " failed " + std::to_string(row.tries) +
                                           " times and is tried again: " + row.message);
    }
    std::string message = row.progress.empty() ? std::move(doing) : row.progress;
    return wait(phase, phase == Phase::Resolving ? "ResolvingSource"
                       : phase == Phase::Building ? "BuildingImage"
                                                  : "WaitingForTracker",
                std::move(message));
}

Decision finish_after(const Observation& observation, const ActivityRow& row) {
    return finish_now(observation, Outcome::Failed, row.failure_class, row.reason, row.message);
}

Decision finish_unreadable(const Observation& observation, const Error& error) {
    return finish_now(observation, Outcome::Failed, "Infrastructure", "UnreadableOutcome",
                      "the worker's answer cannot be read: " + error.message);
}

ActivityView view_activity(const Observation& observation, const std::string& key) {
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

} // namespace pedigree::control

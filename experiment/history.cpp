#include "experiment/history.h"

#include <algorithm>

#include "base/words.h"

namespace pedigree::experiment {
namespace {

constexpr auto outcomes = words<Outcome>({
    {Outcome::None, "None"},
    {Outcome::Succeeded, "Succeeded"},
    {Outcome::Failed, "Failed"},
    {Outcome::Cancelled, "Cancelled"},
});

constexpr auto stages = words<AttemptStage>({
    {AttemptStage::Planned, "Planned"},
    {AttemptStage::Created, "Created"},
    {AttemptStage::Started, "Started"},
    {AttemptStage::Ended, "Ended"},
    {AttemptStage::Observed, "Observed"},
    {AttemptStage::Told, "Told"},
    {AttemptStage::Released, "Released"},
    {AttemptStage::Deleted, "Deleted"},
});

constexpr auto trial_states = words<TrialState>({
    {TrialState::Running, "Running"},
    {TrialState::Completed, "Completed"},
    {TrialState::Stopped, "Stopped"},
    {TrialState::Failed, "Failed"},
});

constexpr auto activity_states = words<ActivityState>({
    {ActivityState::Wanted, "Wanted"},
    {ActivityState::Succeeded, "Succeeded"},
    {ActivityState::Failed, "Failed"},
});

constexpr auto kinds = words<RecordKind>({
    {RecordKind::ExperimentAccepted, "ExperimentAccepted"},
    {RecordKind::SourceResolved, "SourceResolved"},
    {RecordKind::ImageBuilt, "ImageBuilt"},
    {RecordKind::ImportsChecked, "ImportsChecked"},
    {RecordKind::AttemptStarted, "AttemptStarted"},
    {RecordKind::AttemptEnded, "AttemptEnded"},
    {RecordKind::AttemptObserved, "AttemptObserved"},
    {RecordKind::EvidenceLost, "EvidenceLost"},
    {RecordKind::RunsTold, "RunsTold"},
    {RecordKind::TrialProposed, "TrialProposed"},
    {RecordKind::TrialEnded, "TrialEnded"},
    {RecordKind::SearchExtended, "SearchExtended"},
    {RecordKind::ExperimentFinished, "ExperimentFinished"},
});

// Inserts the row in the order of its key, or replaces the one that has it.
template <typename Row, typename Key>
void put(std::vector<Row>& rows, const Row& row, Key key) {
    const auto place =
        std::lower_bound(rows.begin(), rows.end(), row,
                         [&](const Row& left, const Row& right) { return key(left) < key(right); });
    if (place != rows.end() && key(*place) == key(row)) {
        *place = row;
    } else {
        rows.insert(place, row);
    }
}

} // namespace

std::string_view to_string(Outcome outcome) {
    return outcomes.word(outcome);
}
std::string_view to_string(AttemptStage stage) {
    return stages.word(stage);
}
std::string_view to_string(TrialState state) {
    return trial_states.word(state);
}
std::optional<TrialState> trial_state_from(std::string_view text) {
    return trial_states.value(text);
}
std::string_view to_string(RecordKind kind) {
    return kinds.word(kind);
}
std::string_view to_string(ActivityState state) {
    return activity_states.word(state);
}
std::optional<ActivityState> activity_state_from(std::string_view text) {
    return activity_states.value(text);
}
std::optional<Outcome> outcome_from(std::string_view text) {
    return outcomes.value(text);
}
std::optional<AttemptStage> attempt_stage_from(std::string_view text) {
    return stages.value(text);
}

History applied(History before, const Change& change, Instant now) {
    if (change.experiment) {
        before.experiment = change.experiment;
    }
    for (const AttemptRow& row : change.attempts) {
        put(before.attempts, row,
            [](const AttemptRow& attempt) { return std::pair(attempt.trial, attempt.number); });
    }
    for (const TrialRow& row : change.trials) {
        put(before.trials, row, [](const TrialRow& trial) { return trial.number; });
    }
    // A repeated commit appends nothing twice.
    before.search_events.resize(std::min(
        before.search_events.size(),
        static_cast<std::size_t>(change.search_events.empty() ? before.search_events.size()
                                                              : change.search_events_before)));
    before.search_events.insert(before.search_events.end(), change.search_events.begin(),
                                change.search_events.end());
    for (const std::string& key : change.wanted) {
        before.activities.try_emplace(key, ActivityRow{.key = key, .wanted_at = now});
    }
    for (const IntentRow& intent : change.intents) {
        std::erase_if(before.intents, [&](const IntentRow& known) {
            return known.effect == intent.effect && known.target == intent.target;
        });
        if (intent.open) {
            before.intents.push_back(intent);
        }
    }
    return before;
}

} // namespace pedigree::experiment

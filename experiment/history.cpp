#include "experiment/history.h"

#include <algorithm>

namespace pedigree::experiment {
namespace {

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

Words<Outcome> words_of(Outcome) {
    static constexpr Word<Outcome> table[] = {
        {Outcome::None, "None"},
        {Outcome::Succeeded, "Succeeded"},
        {Outcome::Failed, "Failed"},
        {Outcome::Cancelled, "Cancelled"},
    };
    return table;
}

Words<AttemptStage> words_of(AttemptStage) {
    static constexpr Word<AttemptStage> table[] = {
        {AttemptStage::Planned, "Planned"},   {AttemptStage::Created, "Created"},
        {AttemptStage::Started, "Started"},   {AttemptStage::Ended, "Ended"},
        {AttemptStage::Observed, "Observed"}, {AttemptStage::Told, "Told"},
        {AttemptStage::Released, "Released"}, {AttemptStage::Deleted, "Deleted"},
    };
    return table;
}

Words<StopReason> words_of(StopReason) {
    static constexpr Word<StopReason> table[] = {
        {StopReason::None, ""},
        {StopReason::Deleted, "Deleted"},
        {StopReason::Ended, "Ended"},
        {StopReason::Cancelled, "Cancelled"},
        {StopReason::Suspended, "Suspended"},
        {StopReason::EarlyStopped, "EarlyStopped"},
    };
    return table;
}

Words<RecordProof> words_of(RecordProof) {
    static constexpr Word<RecordProof> table[] = {
        {RecordProof::None, ""},
        {RecordProof::Signed, "Signed"},
        {RecordProof::NoKey, "NoKey"},
        {RecordProof::Contested, "Contested"},
        {RecordProof::Unsigned, "Unsigned"},
    };
    return table;
}

Words<TrialState> words_of(TrialState) {
    static constexpr Word<TrialState> table[] = {
        {TrialState::Running, "Running"},
        {TrialState::Completed, "Completed"},
        {TrialState::Stopped, "Stopped"},
        {TrialState::Failed, "Failed"},
    };
    return table;
}

Words<RecordKind> words_of(RecordKind) {
    static constexpr Word<RecordKind> table[] = {
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
    };
    return table;
}

Words<ActivityState> words_of(ActivityState) {
    static constexpr Word<ActivityState> table[] = {
        {ActivityState::Wanted, "Wanted"},
        {ActivityState::Succeeded, "Succeeded"},
        {ActivityState::Failed, "Failed"},
    };
    return table;
}

std::string History::nonce_of(std::string_view effect, std::string_view target) const {
    for (const IntentRow& intent : intents) {
        if (intent.effect == effect && intent.target == target) {
            return intent.nonce;
        }
    }
    return {};
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
    for (const ActivityKey& key : change.wanted) {
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

#include "operator/state/rows.h"

#include <algorithm>

#include "base/words.h"

namespace pedigree::control {
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

constexpr auto kinds = words<RecordKind>({
    {RecordKind::ExperimentAccepted, "ExperimentAccepted"},
    {RecordKind::SourceResolved, "SourceResolved"},
    {RecordKind::ImageBuilt, "ImageBuilt"},
    {RecordKind::AttemptStarted, "AttemptStarted"},
    {RecordKind::AttemptEnded, "AttemptEnded"},
    {RecordKind::AttemptObserved, "AttemptObserved"},
    {RecordKind::EvidenceLost, "EvidenceLost"},
    {RecordKind::RunsTold, "RunsTold"},
    {RecordKind::ExperimentFinished, "ExperimentFinished"},
});

} // namespace

std::string_view to_string(Outcome outcome) {
    return outcomes.word(outcome);
}
std::string_view to_string(AttemptStage stage) {
    return stages.word(stage);
}
std::string_view to_string(RecordKind kind) {
    return kinds.word(kind);
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
        const auto found = std::find_if(
            before.attempts.begin(), before.attempts.end(), [&](const AttemptRow& known) {
                return known.trial == row.trial && known.number == row.number;
            });
        if (found == before.attempts.end()) {
            before.attempts.push_back(row);
        } else {
            *found = row;
        }
    }
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

} // namespace pedigree::control

#include "operator/state/rows.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pedigree::control {
namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 4> outcomes{{
    {Outcome::None, "None"},
    {Outcome::Succeeded, "Succeeded"},
    {Outcome::Failed, "Failed"},
    {Outcome::Cancelled, "Cancelled"},
}};

constexpr std::array<std::pair<AttemptStage, std::string_view>, 8> stages{{
    {AttemptStage::Planned, "Planned"},
    {AttemptStage::Created, "Created"},
    {AttemptStage::Started, "Started"},
    {AttemptStage::Ended, "Ended"},
    {AttemptStage::Observed, "Observed"},
    {AttemptStage::Told, "Told"},
    {AttemptStage::Released, "Released"},
    {AttemptStage::Deleted, "Deleted"},
}};

constexpr std::array<std::pair<RecordKind, std::string_view>, 9> kinds{{
    {RecordKind::ExperimentAccepted, "ExperimentAccepted"},
    {RecordKind::SourceResolved, "SourceResolved"},
    {RecordKind::ImageBuilt, "ImageBuilt"},
    {RecordKind::AttemptStarted, "AttemptStarted"},
    {RecordKind::AttemptEnded, "AttemptEnded"},
    {RecordKind::AttemptObserved, "AttemptObserved"},
    {RecordKind::EvidenceLost, "EvidenceLost"},
    {RecordKind::RunsTold, "RunsTold"},
    {RecordKind::ExperimentFinished, "ExperimentFinished"},
}};

template <typename Table, typename Value>
std::string_view word(const Table& table, Value value) {
    return std::find_if(table.begin(), table.end(),
                        [&](const auto& row) { return row.first == value; })
        ->second;
}

template <typename Table>
auto value(const Table& table, std::string_view text)
    -> std::optional<typename Table::value_type::first_type> {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const auto& row) { return row.second == text; });
    if (found == table.end()) {
        return std::nullopt;
    }
    return found->first;
}

} // namespace

std::string_view to_string(Outcome outcome) {
    return word(outcomes, outcome);
}
std::string_view to_string(AttemptStage stage) {
    return word(stages, stage);
}
std::string_view to_string(RecordKind kind) {
    return word(kinds, kind);
}
std::optional<Outcome> outcome_from(std::string_view text) {
    return value(outcomes, text);
}
std::optional<AttemptStage> attempt_stage_from(std::string_view text) {
    return value(stages, text);
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

#pragma once
// One function for each kind of record: what it adds to the graph. Used by event_of.cpp only.

#include "base/result.h"
#include "experiment/events/event_of.h"

namespace pedigree::experiment {

// The class as a record says it: "None" where nothing failed.
inline std::string word_or_none(FailureClass failure_class) {
    return failure_class == FailureClass::None ? "None" : std::string(to_string(failure_class));
}

Status write_accepted(records::Event& event, const History& history);
Status write_resolved(records::Event& event, const History& history);
Status write_built(records::Event& event, const History& history);
Status write_imports_checked(records::Event& event, const History& history);
Status write_finished(records::Event& event, const History& history);

Status write_extended(records::Event& event, const History& history);
Status write_proposed(records::Event& event, const History& history, const TrialRow& trial);
Status write_trial_ended(records::Event& event, const History& history, const TrialRow& trial);

Status write_started(records::Event& event, const History& history, const AttemptRow& attempt);
Status write_ended(records::Event& event, const History& history, const AttemptRow& attempt);
Status write_observed(records::Event& event, const History& history, const AttemptRow& attempt);
Status write_told(records::Event& event, const History& history, const AttemptRow& attempt);
Status write_lost(records::Event& event, const History& history, const AttemptRow& attempt);

} // namespace pedigree::experiment

#pragma once
// The ledger events of the operator, made from the history as it is after a change. Pure but for
// the salts of erasable texts. How the acts hang together (effect -> cause):
//
//   Model -GeneratedBy-> Attempt -Follows-> ImageBuild -Follows-> Resolve -Used-> GitCommit
//                        Attempt -Used-> Image, Dataset...        Resolve -PlannedBy->
//                        ExperimentSpec Attempt -PartOf-> Trial -PlannedBy-> ExperimentSpec
//                        -RequestedBy-> Person
//
// Each Experiment has its own acts, so two commits with one tree share the Image but not ancestors.

#include <string>
#include <vector>

#include "base/clock.h"
#include "experiment/history.h"
#include "records/event.h"

namespace pedigree::experiment {

struct EventContext {
    Instant now{};
    std::string build; // the operator's version and image
};

// One event for each of change.records. `after` is applied(before, change). An activity's outcome
// that cannot be read gives Corrupt.
Result<std::vector<records::Event>> events_of(const Change& change, const History& after,
                                              const EventContext& context);

// The id that an event of this kind has: a repeat is recognised by it. `attempt`: of
// ExperimentFinished and SearchExtended how often the search was extended.
std::string event_id(const std::string& experiment_uid, RecordKind kind, std::int64_t trial,
                     std::int64_t attempt);
// Of the entry that ends the record as it is now; nothing is recorded behind it.
std::string last_event_id(const ExperimentRow& experiment);

// The acts of an Experiment, named by what they are.
records::NodeRef spec_node(const ExperimentRow& experiment);
records::NodeRef resolve_node(const ExperimentRow& experiment);
records::NodeRef build_node(const ExperimentRow& experiment);
records::NodeRef trial_node(const ExperimentRow& experiment, std::int64_t trial);
records::NodeRef attempt_node(const ExperimentRow& experiment, const AttemptRow& attempt);

} // namespace pedigree::experiment

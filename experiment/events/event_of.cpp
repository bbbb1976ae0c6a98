#include "experiment/events/event_of.h"

#include <algorithm>

#include "base/ids.h"
#include "experiment/activity.h"
#include "experiment/events/write_event.h"
#include "records/names.h"

namespace pedigree::experiment {
namespace {

using records::NodeKind;

const AttemptRow* find_attempt(const History& history, const Change& change) {
    const auto found = std::find_if(
        history.attempts.begin(), history.attempts.end(), [&](const AttemptRow& attempt) {
            return attempt.trial == change.record_trial && attempt.number == change.record_attempt;
        });
    return found == history.attempts.end() ? nullptr : &*found;
}

Status write_event(records::Event& event, RecordKind kind, const History& history,
                   const TrialRow* trial, const AttemptRow* attempt) {
    switch (kind) {
    case RecordKind::ExperimentAccepted:
        return write_accepted(event, history);
    case RecordKind::SourceResolved:
        return write_resolved(event, history);
    case RecordKind::ImageBuilt:
        return write_built(event, history);
    case RecordKind::ImportsChecked:
        return write_imports_checked(event, history);
    case RecordKind::ExperimentFinished:
        return write_finished(event, history);
    case RecordKind::SearchExtended:
        return write_extended(event, history);
    default:
        break;
    }
    if (trial != nullptr && kind == RecordKind::TrialProposed) {
        return write_proposed(event, history, *trial);
    }
    if (attempt == nullptr) {
        return failure(ErrorCode::Internal, "a record of an attempt without its attempt");
    }
    switch (kind) {
    case RecordKind::AttemptStarted:
        return write_started(event, history, *attempt);
    case RecordKind::AttemptEnded:
        return write_ended(event, history, *attempt);
    case RecordKind::AttemptObserved:
        return write_observed(event, history, *attempt);
    case RecordKind::RunsTold:
        return write_told(event, history, *attempt);
    default:
        return write_lost(event, history, *attempt);
    }
}

} // namespace

std::string event_id(const std::string& experiment_uid, RecordKind kind, std::int64_t trial,
                     std::int64_t attempt) {
    return uuid_from(experiment_uid + "/" + std::string(to_string(kind)) + "/" +
                     std::to_string(trial) + "/" + std::to_string(attempt));
}
std::string last_event_id(const ExperimentRow& experiment) {
    return event_id(experiment.uid, RecordKind::ExperimentFinished, 0, experiment.extensions);
}

records::NodeRef spec_node(const ExperimentRow& experiment) {
    return {NodeKind::ExperimentSpec, experiment.uid};
}
records::NodeRef resolve_node(const ExperimentRow& experiment) {
    return {NodeKind::Resolve, uuid_from(experiment.uid + "/resolve")};
}
records::NodeRef build_node(const ExperimentRow& experiment) {
    return {NodeKind::ImageBuild, uuid_from(experiment.uid + "/build")};
}
records::NodeRef trial_node(const ExperimentRow& experiment, std::int64_t trial) {
    return {NodeKind::Trial, uuid_from(experiment.uid + "/trial/" + std::to_string(trial))};
}
records::NodeRef attempt_node(const ExperimentRow& experiment, const AttemptRow& attempt) {
    // An attempt that never had a pod still stands in the record, under a name of its own.
    return {NodeKind::Attempt,
            attempt.pod_uid.empty()
                ? uuid_from(experiment.uid + "/" + attempt_name(attempt.trial, attempt.number))
                : attempt.pod_uid};
}

Result<std::vector<records::Event>> events_of(const Change& change, const History& after,
                                              const EventContext& context) {
    const ExperimentRow& experiment = *after.experiment;
    std::vector<records::Event> events;
    const auto begin = [&](RecordKind kind, std::int64_t trial, std::int64_t attempt) {
        return records::Event({.type = std::string(to_string(kind)),
                               .id = event_id(experiment.uid, kind, trial, attempt),
                               .name_space = experiment.name_space,
                               .experiment_uid = experiment.uid,
                               .build = context.build,
                               .time = context.now});
    };
    for (const RecordKind kind : change.records) {
        if (kind == RecordKind::TrialEnded) { // of each trial that ends with this change
            for (const TrialRow& trial : change.trials) {
                events.push_back(begin(kind, trial.number, 0));
                TRY(write_trial_ended(events.back(), after, trial));
            }
            continue;
        }
        events.push_back(begin(kind, change.record_trial, change.record_attempt));
        TRY(write_event(events.back(), kind, after, after.trial(change.record_trial),
                        find_attempt(after, change)));
    }
    return events;
}

} // namespace pedigree::experiment

#include "experiment/status/told.h"
#include "experiment/steps/step.h"

namespace pedigree::experiment {

std::optional<Decision> accept_step(const Observation& observation) {
    if (observation.history.experiment) {
        return std::nullopt;
    }
    if (!observation.spec) {
        const Problem& first = observation.invalid.front();
        return wait(Phase::Failed, first.reason, first.message);
    }
    if (observation.refused) {
        return wait(Phase::Failed, record_refused_reason,
                    "the Experiment " + observation.refused->message);
    }
    const Resource& resource = *observation.resource;
    if (!resource.has_finalizer) {
        return effect_now(AddFinalizer{}, Phase::Pending);
    }
    ExperimentRow row;
    row.uid = resource.uid;
    row.name_space = resource.name_space;
    row.name = resource.name;
    row.project = observation.spec->project;
    row.spec_json = observation.spec_json;
    row.spec_hash = observation.spec_hash;
    row.requested_by = resource.requested_by;
    row.triggered_by = resource.triggered_by;
    row.accepted_at = observation.now;
    row.told_commit = commit_to_pin(observation);
    row.earlier_searches = observation.earlier_searches;
    row.max_trials = observation.study ? observation.study->max_trials : 0;
    Change change;
    change.experiment = std::move(row);
    change.records = {RecordKind::ExperimentAccepted};
    return commit_now("accept", std::move(change), Phase::Pending);
}

} // namespace pedigree::experiment

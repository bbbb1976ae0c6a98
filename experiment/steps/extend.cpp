// spec.search.maxTrials was changed: the search goes to another number, also after its end.

#include "experiment/steps/step.h"

namespace pedigree::experiment {

std::optional<Decision> extend_step(const Accepted& accepted) {
    const ExperimentRow& experiment = accepted.row;
    if (!accepted.seen.resource || accepted.seen.resource->deleting_since ||
        accepted.seen.resource->max_trials == 0 || experiment.max_trials == 0 ||
        accepted.seen.resource->max_trials == experiment.max_trials ||
        experiment.outcome == Outcome::Cancelled) {
        return std::nullopt;
    }
    const bool ended = experiment.outcome != Outcome::None;
    const bool raised = accepted.seen.resource->max_trials > experiment.max_trials;
    if (ended && (!raised || !experiment.released || accepted.seen.resource->cancel)) {
        return std::nullopt;
    }
    Change change;
    change.experiment = experiment;
    change.experiment->max_trials = accepted.seen.resource->max_trials;
    change.experiment->extensions += 1;
    if (ended) {
        change.experiment->outcome = Outcome::None;
        change.experiment->failure_class = FailureClass::None;
        change.experiment->reason.clear();
        change.experiment->message.clear();
        change.experiment->finished_at.reset();
        change.experiment->parent_run_id.clear(); // to be opened again
        change.experiment->tracker_closed = false;
        change.experiment->released = false;
    }
    change.record_attempt = change.experiment->extensions;
    change.records = {RecordKind::SearchExtended};
    return commit_now("extend", std::move(change), Phase::Running);
}

} // namespace pedigree::experiment

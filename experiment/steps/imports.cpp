// The gate: what the lock brought is imported once, before anything is trained with it. Wanted with
// the image (steps/build.cpp), so an image without wheels has none.

#include "experiment/activity.h"
#include "experiment/steps/step.h"
#include "records/names.h"

namespace pedigree::experiment {

std::optional<Decision> imports_step(const Accepted& accepted) {
    const ExperimentRow& experiment = accepted.row;
    const ActivityView activity = view_activity(accepted, imports_activity);
    if (experiment.imports_checked || activity.kind == ActivityView::Kind::Absent) {
        return std::nullopt;
    }
    if (activity.kind == ActivityView::Kind::Running) {
        Decision waiting =
            wait_for_activity(Phase::Building, *activity.row, "importing what the lock names");
        if (activity.row->message.empty()) {
            waiting.reason = "CheckingImports";
        }
        return waiting;
    }
    if (activity.kind == ActivityView::Kind::Failed) {
        return finish_after(accepted, *activity.row);
    }
    Change change;
    change.experiment = experiment;
    change.experiment->imports_checked = true;
    change.records = {RecordKind::ImportsChecked};
    return commit_now("imported", std::move(change), Phase::Queued);
}

} // namespace pedigree::experiment

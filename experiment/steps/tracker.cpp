#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/steps/step.h"
#include "records/names.h"
#include "records/work/work.h"

namespace pedigree::experiment {

std::optional<Decision> tracker_step(const Accepted& accepted) {
    const ExperimentRow& experiment = accepted.row;
    if (!accepted.spec.mlflow || !experiment.parent_run_id.empty()) {
        return std::nullopt;
    }
    // Opened before, it is found again; two that open it at first might both make it.
    const bool again = !experiment.tracker_experiment_id.empty();
    const ActivityKey key = open_activity(again ? experiment.extensions : 0);
    const ActivityView activity = view_activity(accepted, key);
    switch (activity.kind) {
    case ActivityView::Kind::Absent:
        return commit_now("tracker", Change{.wanted = {key}}, Phase::Queued);
    case ActivityView::Kind::Running:
        return wait_for_activity(Phase::Queued, *activity.row, "opening the MLflow parent run");
    case ActivityView::Kind::Failed:
        return finish_after(accepted, *activity.row);
    case ActivityView::Kind::Done:
        break;
    }
    const auto document = parse_json(activity.row->outcome_json);
    const auto outcome = document ? records::work::open_tracker_outcome_from(*document)
                                  : tl::unexpected<Error>(document.error());
    if (!outcome) {
        return finish_unreadable(accepted, outcome.error());
    }
    Change change;
    change.experiment = experiment;
    change.experiment->tracker_experiment_id = outcome->experiment_id;
    change.experiment->parent_run_id = outcome->parent_run_id;
    return commit_now("opened", std::move(change), Phase::Queued);
}

} // namespace pedigree::experiment

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
    const ActivityStep step{key, "tracker", Phase::Queued, "opening the MLflow parent run"};
    if (auto decision = until_done(accepted, step)) {
        return decision;
    }
    const auto outcome = parse_json(accepted.seen.history.activity(step.key)->outcome_json)
                             .and_then(records::work::open_tracker_outcome_from);
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

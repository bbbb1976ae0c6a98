#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/steps/step.h"
#include "records/names.h"
#include "records/work/work.h"

namespace pedigree::experiment {

std::optional<Decision> build_step(const Accepted& accepted) {
    const ExperimentRow& experiment = accepted.row;
    if (!experiment.image.empty()) {
        return std::nullopt;
    }
    const ActivityStep step{build_activity, "build", Phase::Building, "building the image"};
    if (auto decision = until_done(accepted, step)) {
        return decision;
    }
    const auto outcome = parse_json(accepted.seen.history.activity(step.key)->outcome_json)
                             .and_then(records::work::build_image_outcome_from);
    if (!outcome) {
        return finish_unreadable(accepted, outcome.error());
    }
    Change change;
    change.experiment = experiment;
    change.experiment->image = outcome->image;
    change.experiment->image_digest = outcome->image_digest;
    change.experiment->image_config_digest = outcome->config_digest;
    change.experiment->base_digest = outcome->base_digest;
    change.records = {RecordKind::ImageBuilt};
    if (!outcome->wheels.empty() && accepted.spec.image.gate == spec::ImageGate::Import) {
        change.wanted = {imports_activity};
    }
    return commit_now("built", std::move(change), Phase::Queued);
}

} // namespace pedigree::experiment

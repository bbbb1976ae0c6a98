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
    const ActivityView activity = view_activity(accepted, build_activity);
    switch (activity.kind) {
    case ActivityView::Kind::Absent:
        return commit_now("build", Change{.wanted = {build_activity}}, Phase::Building);
    case ActivityView::Kind::Running:
        return wait_for_activity(Phase::Building, *activity.row, "building the image");
    case ActivityView::Kind::Failed:
        return finish_after(accepted, *activity.row);
    case ActivityView::Kind::Done:
        break;
    }
    const auto document = parse_json(activity.row->outcome_json);
    const auto outcome = document ? records::work::build_image_outcome_from(*document)
                                  : tl::unexpected<Error>(document.error());
    if (!outcome) {
        return finish_unreadable(accepted, outcome.error());
    }
    Change change;
    change.experiment = experiment;
    change.experiment->image = outcome->image;
    change.experiment->image_digest = outcome->image_digest;
    change.experiment->base_digest = outcome->base_digest;
    change.records = {RecordKind::ImageBuilt};
    if (!outcome->wheels.empty() && accepted.spec.image.gate == spec::ImageGate::Import) {
        change.wanted = {imports_activity};
    }
    return commit_now("built", std::move(change), Phase::Queued);
}

} // namespace pedigree::experiment

#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/steps/step.h"
#include "records/names.h"
#include "records/work/work.h"

namespace pedigree::experiment {

std::optional<Decision> resolve_step(const Accepted& accepted) {
    const ExperimentRow& experiment = accepted.row;
    if (!experiment.commit.empty()) {
        return std::nullopt;
    }
    if (!accepted.seen.missing.empty()) {
        const Problem& first = accepted.seen.missing.front();
        return finish_now(accepted, Outcome::Failed, FailureClass::Configuration, first.reason,
                          first.message);
    }
    const ActivityView activity = view_activity(accepted, resolve_activity);
    switch (activity.kind) {
    case ActivityView::Kind::Absent:
        return commit_now("resolve", Change{.wanted = {resolve_activity}}, Phase::Resolving);
    case ActivityView::Kind::Running:
        return wait_for_activity(Phase::Resolving, *activity.row, "resolving the commit");
    case ActivityView::Kind::Failed:
        return finish_after(accepted, *activity.row);
    case ActivityView::Kind::Done:
        break;
    }
    const auto document = parse_json(activity.row->outcome_json);
    const auto outcome = document ? records::work::resolve_source_outcome_from(*document)
                                  : tl::unexpected<Error>(document.error());
    if (!outcome) {
        return finish_unreadable(accepted, outcome.error());
    }
    Change change;
    change.experiment = experiment;
    change.experiment->commit = outcome->commit;
    change.experiment->tree = outcome->tree;
    change.experiment->lock_digest = outcome->lock_digest;
    change.records = {RecordKind::SourceResolved};
    return commit_now("resolved", std::move(change), Phase::Building);
}

} // namespace pedigree::experiment

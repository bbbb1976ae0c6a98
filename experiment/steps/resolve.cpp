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
    const ActivityStep step{resolve_activity, "resolve", Phase::Resolving, "resolving the commit"};
    if (auto decision = until_done(accepted, step)) {
        return decision;
    }
    const auto outcome = parse_json(accepted.seen.history.activity(step.key)->outcome_json)
                             .and_then(records::work::resolve_source_outcome_from);
    if (!outcome) {
        return finish_unreadable(accepted, outcome.error());
    }
    // Resolved before it was pinned.
    if (!experiment.told_commit.empty() && outcome->commit != experiment.told_commit) {
        return finish_now(accepted, Outcome::Failed, FailureClass::Configuration, "CommitDiffers",
                          "its status names commit " + experiment.told_commit +
                              ", and the database, which was put back, has " + outcome->commit +
                              ": run it again under another name, with the commit that you want");
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

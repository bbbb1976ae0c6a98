#include <algorithm>

#include "experiment/activity.h"
#include "experiment/steps/expire.h"
#include "records/names.h"

namespace pedigree::experiment {
namespace {

constexpr std::chrono::milliseconds numbered_look_every{2000};

Phase phase_of(Outcome outcome) {
    return outcome == Outcome::Succeeded   ? Phase::Succeeded
           : outcome == Outcome::Cancelled ? Phase::Cancelled
                                           : Phase::Failed;
}

Decision close_parent(const Accepted& accepted) {
    const ExperimentRow& experiment = accepted.row;
    const ActivityView activity = view_activity(accepted, close_activity(experiment.extensions));
    if (!experiment.parent_run_id.empty() && activity.kind == ActivityView::Kind::Absent) {
        return commit_now("close", Change{.wanted = {close_activity(experiment.extensions)}},
                          Phase::Sealing);
    }
    if (!experiment.parent_run_id.empty() && activity.kind == ActivityView::Kind::Running) {
        return wait(Phase::Sealing, "TellingTracker", "telling MLflow how the Experiment ended");
    }
    Change change;
    change.experiment = experiment;
    if (activity.kind == ActivityView::Kind::Failed) { // said where the outcome is said
        change.experiment->message +=
            "; MLflow still shows its run " + experiment.parent_run_id +
            " as running, the end could not be told: " + activity.row->message;
    }
    change.experiment->tracker_closed = true;
    change.experiment->released = true;
    return commit_now("closed", std::move(change), Phase::Sealing);
}

} // namespace

std::optional<Decision> finish_step(const Accepted& accepted) {
    const ExperimentRow& experiment = accepted.row;
    if (experiment.outcome == Outcome::None) {
        return std::nullopt;
    }
    if (!experiment.released) {
        return close_parent(accepted);
    }
    const Expiry expiry = expire_jobs(accepted);
    if (expiry.now) {
        Decision decision = *expiry.now;
        decision.phase = phase_of(experiment.outcome);
        return decision;
    }
    std::optional<std::chrono::milliseconds> look_again;
    if (expiry.next) {
        look_again = std::max(
            std::chrono::milliseconds(1000),
            std::chrono::ceil<std::chrono::milliseconds>(*expiry.next - accepted.seen.now));
    }
    if (!accepted.seen.history.recorded.numbered) { // nobody calls when it is
        look_again = std::min(look_again.value_or(numbered_look_every), numbered_look_every);
    }
    return wait(phase_of(experiment.outcome), experiment.reason, experiment.message, look_again);
}

} // namespace pedigree::experiment

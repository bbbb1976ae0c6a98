#include "operator/activity/input.h"

#include "operator/activity/kinds/kind.h"

namespace pedigree::control {

Result<ActivityOrder> InputMaker::make(const PendingActivity& activity) const {
    TRY(const Subject subject, Subject::load(from_, activity));
    const Kind& kind = kind_of(activity.row.key.kind);
    if (kind.has_jobs && subject.experiment.outcome != experiment::Outcome::None) {
        return failure(ErrorCode::InvalidInput, "ExperimentEnded", "nobody waits for it any more");
    }
    return kind.order(subject);
}

Result<ActivityOrder> InputMaker::make_after_jobs(const PendingActivity& activity,
                                                  const ActivityOrder& order) const {
    TRY(const Subject subject, Subject::load(from_, activity));
    return kind_of(activity.row.key.kind).order_after_jobs(subject, order);
}

Result<std::chrono::seconds> InputMaker::give_up_after(const PendingActivity& activity) const {
    TRY(const Subject subject, Subject::load(from_, activity));
    return std::chrono::seconds(
        kind_of(activity.row.key.kind).give_up_seconds(subject.spec.deadlines));
}

} // namespace pedigree::control

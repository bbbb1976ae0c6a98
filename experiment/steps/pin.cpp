// The database was put back to before it knew the commit. The ref may name another by now, and that
// would be another experiment under one name: it goes on with the one that its status names.

#include "experiment/status/told.h"
#include "experiment/steps/step.h"

namespace pedigree::experiment {

std::optional<Decision> pin_step(const Accepted& accepted) {
    std::string commit = commit_to_pin(accepted.seen);
    if (commit.empty()) {
        return std::nullopt;
    }
    Change change;
    change.experiment = accepted.row;
    change.experiment->told_commit = std::move(commit);
    return commit_now("pin", std::move(change), Phase::Resolving);
}

} // namespace pedigree::experiment

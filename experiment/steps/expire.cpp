#include "experiment/steps/expire.h"

#include <algorithm>

#include "experiment/steps/attempt.h"

namespace pedigree::experiment {

Expiry expire_jobs(const Observation& observation) {
    Expiry expiry;
    Change gone;
    for (const AttemptRow& attempt : observation.history.attempts) {
        if (attempt.stage != AttemptStage::Released) {
            continue;
        }
        const JobSeen* job = job_of(observation, attempt);
        if (job == nullptr) {
            AttemptRow deleted = attempt;
            deleted.stage = AttemptStage::Deleted;
            gone.attempts.push_back(std::move(deleted));
            continue;
        }
        const Instant due =
            attempt.ended_at.value_or(observation.now) + observation.keep_finished_pods;
        if (observation.now >= due && !job->deleting && !expiry.now) {
            expiry.now = effect_now(DeleteJob{job->name, job->uid}, Phase::Running);
        }
        expiry.next = std::min(expiry.next.value_or(due), due);
    }
    if (!gone.attempts.empty()) {
        expiry.now = commit_now("deleted", std::move(gone), Phase::Running);
    }
    return expiry;
}

} // namespace pedigree::experiment

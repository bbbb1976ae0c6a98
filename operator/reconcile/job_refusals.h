#pragma once
// JobRefusals: what the API server last answered to each Job that it did not take, kept from look
// to look so that it is not asked again at once. Lost with the process: then it is asked again. Any
// thread may call.

#include <map>
#include <string>

#include "base/sync.h"
#include "experiment/observation.h"
#include "experiment/steps/refusal.h"

namespace pedigree::control {

// Whether an error of a create is the server's word on the object, which is shown and judged. All
// else is the way to it: tried again at the queue's pace.
inline bool is_refusal(const Error& error) {
    const Prospect prospect = prospect_of(error.code);
    return prospect != Prospect::Passing || error.code == ErrorCode::Unavailable ||
           !error.reason.empty();
}

class JobRefusals {
  public:
    using OfJobs = std::map<std::string, experiment::JobRefusal>; // by the Job's name

    void note(const std::string& experiment_uid, const std::string& job_name, Error error,
              Instant now) {
        auto known = known_.lock();
        const auto jobs = known->try_emplace(experiment_uid).first;
        const auto [place, first] = jobs->second.try_emplace(
            job_name, experiment::JobRefusal{.error = error, .tries = 0, .again_at = {}});
        experiment::JobRefusal& refusal = place->second;
        refusal.tries = refusal.error.code == error.code ? refusal.tries + 1 : 1;
        refusal.error = std::move(error);
        refusal.again_at = now + experiment::pause_after_refusals(refusal.tries);
    }

    // Of the attempts that have no Job yet; what is known of others is forgotten.
    OfJobs of(const std::string& experiment_uid, const experiment::History& history) {
        auto known = known_.lock();
        const auto found = known->find(experiment_uid);
        if (found == known->end()) {
            return {};
        }
        OfJobs waiting;
        for (const experiment::AttemptRow& attempt : history.attempts) {
            auto node = attempt.stage == experiment::AttemptStage::Planned
                            ? found->second.extract(attempt.job_name)
                            : OfJobs::node_type();
            if (node) {
                waiting.insert(std::move(node));
            }
        }
        if (waiting.empty()) {
            known->erase(found);
        } else {
            found->second = waiting;
        }
        return waiting;
    }

  private:
    Sync<std::map<std::string, OfJobs>> known_; // by the Experiment's uid
};

} // namespace pedigree::control

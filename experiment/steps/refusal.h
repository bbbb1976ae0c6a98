#pragma once
// What follows when somebody else refuses what an attempt needs: the API server its Job (a field
// that it does not take, a quota, an admission policy), or, once the Job is there, its pod (the Job
// controller is refused, and says so in an event). A refusal that stays ends the attempt as
// Configuration, since only a person can mend it; a quota that is used up is waited for, as a queue
// is; what is unknown is tried a bounded number of times. Pure.

#include <optional>
#include <string>

#include "base/error.h"
#include "experiment/steps/step.h"

namespace pedigree::experiment {

// So often in a row the API server may fail to take a Job for a reason that nobody knows: about six
// minutes, by the pauses between them.
constexpr std::int64_t job_refusals_max = 10;
// So long a pod may be refused for such a reason.
constexpr std::int64_t pod_refusal_seconds_max = 600;

struct RefusedEnd {
    FailureClass failure_class = FailureClass::None;
    std::string reason, message;
};

// Nothing: it may go well yet.
std::optional<RefusedEnd> end_of(const JobRefusal& refusal);
std::optional<RefusedEnd> end_of(const PodRefusal& refusal, Instant now);

// One line for people, of what the cluster said.
std::string shown(std::string_view refusal_words);

// Waiting for what was refused, in the words of who refused it.
Decision wait_after(const JobRefusal& refusal, Instant now);
Decision wait_after(const PodRefusal& refusal);

// When the Job is tried again after so many refusals in a row.
std::chrono::milliseconds pause_after_refusals(std::int64_t tries);

// Only words are known of a refused pod, no code (pkg/controller/job, event FailedCreate: "Error
// creating: " and the API server's message).
Prospect prospect_of_pod(std::string_view words);

} // namespace pedigree::experiment

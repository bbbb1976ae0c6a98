#pragma once
// What keeps a Job without its pod: the Job controller is refused (a quota, a LimitRange, Pod
// Security, an admission webhook), tries again for ever, and says so in events alone; the Job's
// status is silent (pkg/controller/job: FailedCreate). Events live for an hour and are renewed.

#include <optional>
#include <string>

#include "experiment/observation.h"
#include "k8s/api.h"

namespace pedigree::control {

// The newest words; `since`: of the first event that is left. Nothing: no such event, or they
// cannot be read, which is logged. One request.
std::optional<experiment::PodRefusal> pod_refusal_of(k8s::Api& api, const std::string& name_space,
                                                     const std::string& job_uid, Instant now);

} // namespace pedigree::control

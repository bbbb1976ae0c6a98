#pragma once
// API objects reduced to what decisions need. Pure functions on JSON; missing or odd fields read as
// absent, never as an error: one bad object must not stop the others.

#include "base/json.h"
#include "experiment/observation.h"

namespace pedigree::control {

experiment::Resource resource_from(const Json& experiment);
experiment::JobSeen job_from(const Json& job, const std::string& experiment_uid);
experiment::PodSeen pod_from(const Json& pod);

// An Experiment that was accepted is run by the spec that was frozen then; its status says so. The
// caches keep what may change of its spec, suspend and cancel: of 1,000 finished ones the rest
// would be 7 MiB that nobody reads.
bool was_accepted(const Json& experiment);
void drop_frozen_spec(Json& experiment);

// "2 in use by vision/resnet-7, vision/bert-1": who of ours holds GPUs now; "" if nobody does.
std::string gpu_holders(const std::vector<std::shared_ptr<const Json>>& pods);

} // namespace pedigree::control

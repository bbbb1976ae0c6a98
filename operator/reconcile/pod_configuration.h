#pragma once
// The ConfigMap that an attempt's pod reads (experiment/job/pod_config.cpp), at the API server. It
// has its Job's name, belongs to the Experiment, and is there before the Job and until the Job is
// released. Each call does one thing at most and may be repeated; what somebody else made under
// the name is left alone.

#include "k8s/api.h"

namespace pedigree::control {

// True: it was made now. One that an earlier try left is kept if it says the same, else replaced
// (the operator's certificate may have changed). AlreadyExists (ConfigMapNameTaken): it is not
// ours. TooLarge (PodConfigurationTooLarge): no ConfigMap can hold it.
Result<bool> lay_configuration(k8s::Api& api, const Json& wanted);

// True: it was removed now.
Result<bool> remove_configuration(k8s::Api& api, const k8s::ObjectKey& key,
                                  const std::string& experiment_uid);

} // namespace pedigree::control

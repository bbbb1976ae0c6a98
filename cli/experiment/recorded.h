#pragma once
// An Experiment that is gone from the cluster, as its record has it: enough of the object to run it
// again. Its labels and annotations are not recorded.

#include <string>

#include "base/json.h"
#include "cli/app/cluster.h"
#include "k8s/object.h"

namespace pedigree::cli {

// The object with its spec, phase, commit and end. NotFound: nothing is recorded of the name
// either, or its spec was erased.
Result<Json> recorded_experiment(const k8s::ObjectKey& key, const Cluster& cluster);

} // namespace pedigree::cli

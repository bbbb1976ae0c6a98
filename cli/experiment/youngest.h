#pragma once
// The newest of a namespace's Experiments.

#include <functional>
#include <optional>

#include "cli/app/cluster.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

// Of those in the cluster's namespace that count, the one created last; nothing: none counts.
Result<std::optional<Experiment>>
youngest_experiment(const Cluster& cluster,
                    const std::function<bool(const Experiment& experiment)>& counts);

} // namespace pedigree::cli

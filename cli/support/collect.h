#pragma once
// Collects what somebody who helps needs to know of an installation. Reads alone, as the caller; no
// Secret is asked for. What may not be read, or is not there, stands in Bundle::left_out; nothing
// that fails keeps the rest from being collected.

#include <cstdint>

#include "cli/app/cluster.h"
#include "cli/doctor/check.h"
#include "cli/doctor/sight.h"
#include "cli/support/bundle.h"

namespace pedigree::cli {

struct CollectOptions {
    std::string system_namespace;
    std::size_t log_bytes_max = 0; // of each container's log the last so many are taken
};

// `sight` and `checks` are what doctor saw and said.
Bundle collect(const Cluster& cluster, const CollectOptions& options, const Sight& sight,
               const std::vector<Check>& checks);

} // namespace pedigree::cli

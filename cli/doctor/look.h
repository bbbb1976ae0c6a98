#pragma once
// Looks at a cluster for `pedigree doctor`. Everything is asked as the caller, nothing is changed:
// reads, reviews of access, and creations of Secrets that the API server judges and does not keep
// (dry run), since to read a Secret's metadata would be to read its values. What a call gave, its
// error, too, stands in the Sight; one that fails keeps no other from being made.

#include <chrono>
#include <functional>
#include <string>

#include "cli/app/cluster.h"
#include "cli/doctor/sight.h"

namespace pedigree::cli {

struct LookOptions {
    std::string system_namespace;
    bool before_install = false;
    // Waits before a Lease that may not be renewed is read again.
    std::function<void(std::chrono::milliseconds)> pause;
};

// Without an API server only its version is asked for.
Sight look(const Cluster& cluster, const LookOptions& options);

} // namespace pedigree::cli

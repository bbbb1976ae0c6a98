#pragma once
// Finds what remains of an installation, and removes it. Each call is one that may be repeated:
// what is gone is no error, what others change in between is read again.

#include <chrono>
#include <functional>
#include <string>

#include "cli/app/cluster.h"
#include "cli/uninstall/remains.h"

namespace pedigree::cli {

struct RemovalOptions {
    std::string system_namespace;
    std::function<void(std::chrono::milliseconds)> pause;
    std::function<void(const std::string& what)> gone; // told of each thing that was removed
};

// Forbidden names the first thing that may not be looked at: nothing is begun half blind.
Result<Remains> find_remains(const Cluster& cluster, const std::string& system_namespace);

// In the order of remains.h. An error leaves what comes later as it is; the same call goes on
// there. Timeout: something waits for a finalizer of somebody else, which it names.
Status remove_remains(const Cluster& cluster, const Remains& remains,
                      const RemovalOptions& options);

} // namespace pedigree::cli

#pragma once
// Observing one Experiment, or those of a selection: what is there first, then each change, until
// the caller has seen enough, a deadline passes or Ctrl-C comes. A watch that breaks off is taken
// up again with a fresh list, so no state that lasts is missed; short-lived ones in between may be.
// While the API server does not answer, terminal.err says so (patience.h).

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "cli/app/cluster.h"
#include "cli/app/terminal.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

// A watch ends then, and is taken up again; without a byte for so long it is taken for dead.
constexpr std::chrono::seconds watch_time_max{300};
constexpr std::chrono::seconds watch_idle_max{90};

enum class Observed { GoOn, Enough };

struct ObserveLimits {
    std::chrono::milliseconds timeout{0}; // 0: none
};

// nullptr: there is no such Experiment (any more).
using ObserveHandler = std::function<Result<Observed>(const Experiment* experiment)>;

// Timeout when the time is over, Cancelled after Ctrl-C, Unavailable when the server was silent for
// too long, the handler's error, or one of the cluster that repeating does not mend.
Status observe(const Cluster& cluster, const std::string& name, const ObserveLimits& limits,
               const ObserveHandler& handler, Terminal& terminal);

enum class Presence { There, Deleted };

// Those that are there now, or that one which changed or was deleted; what was handed on before may
// come again.
using ObserveAllHandler =
    std::function<Result<Observed>(const std::vector<Json>& objects, Presence presence)>;

// The same for a selection; errors as above.
Status observe_all(const Cluster& cluster, const k8s::ListOptions& selection,
                   const ObserveLimits& limits, const ObserveAllHandler& handler,
                   Terminal& terminal);

} // namespace pedigree::cli

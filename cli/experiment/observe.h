#pragma once
// Observing one Experiment: each new state is handed on, until the caller has seen enough, a
// deadline passes or Ctrl-C comes. A broken or ended watch is taken up again with a fresh read, so
// no state that lasts is missed; short-lived ones in between may be. While the API server does not
// answer, terminal.err says so (patience.h).

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "cli/app/cluster.h"
#include "cli/app/terminal.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

// A watch ends then, and is taken up again; without a byte for so long it is taken for dead.
constexpr std::chrono::seconds watch_time_max{300};
constexpr std::chrono::seconds watch_idle_max{90};

enum class Observed { GoOn, Enough };

// nullptr: there is no such Experiment (any more).
using ObserveHandler = std::function<Result<Observed>(const Experiment* experiment)>;

struct ObserveLimits {
    std::chrono::milliseconds timeout{0}; // 0: none
};

// Timeout when the time is over, Cancelled after Ctrl-C, Unavailable when the server was silent for
// too long, the handler's error, or one of the cluster that repeating does not mend.
Status observe(const Cluster& cluster, const std::string& name, const ObserveLimits& limits,
               const ObserveHandler& handler, Terminal& terminal);

} // namespace pedigree::cli

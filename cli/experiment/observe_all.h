#pragma once
// Observing the Experiments of a selection: all of them first, then each that changes, until the
// caller has seen enough or Ctrl-C comes. A watch that breaks off is taken up again with a fresh
// list, so no state that lasts is missed. While the API server does not answer, terminal.err says
// so (patience.h).

#include <functional>
#include <vector>

#include "cli/app/cluster.h"
#include "cli/app/terminal.h"
#include "cli/experiment/observe.h"

namespace pedigree::cli {

enum class Presence { There, Deleted };

// Those that are there now, or that one which changed or was deleted; what was handed on before may
// come again.
using ObserveAllHandler =
    std::function<Result<Observed>(const std::vector<Json>& objects, Presence presence)>;

// Cancelled after Ctrl-C, Unavailable when the server was silent for too long, the handler's error,
// or one of the cluster that repeating does not mend.
Status observe_all(const Cluster& cluster, const k8s::ListOptions& selection,
                   const ObserveAllHandler& handler, Terminal& terminal);

} // namespace pedigree::cli

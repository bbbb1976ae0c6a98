#pragma once
// Listens on the unix socket and gives each connection a relay in a thread of its own. At most
// `children_max` pieces of work run at once; further connections wait in the socket's backlog.
// The socket has mode 0600: who runs as our uid in this pod may connect, nobody else (unix(7)).
// Scratch folders of an earlier life are removed at the start.

#include <filesystem>

#include "base/result.h"
#include "worker/relay.h"

namespace pedigree::worker {

struct ServerOptions {
    std::filesystem::path socket = "/run/pedigree/worker.sock";
    std::size_t children_max = 4;
    RelayOptions relay;
};

// Serves until the stop, then ends the children and returns. InvalidInput: the socket's path is too
// long; Unavailable: it cannot be listened on.
Status serve(const ServerOptions& options, std::stop_token stop);

} // namespace pedigree::worker

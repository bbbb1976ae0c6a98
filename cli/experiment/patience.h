#pragma once
// Patience: what a waiting command does while the API server does not answer. It says so once, goes
// on asking, says when the server is back, and gives up after Cluster::silence_max. One thread.
//
//     Patience patience(cluster, terminal);
//     while (true) {
//         const auto object = cluster.api.get(...);
//         if (!object) {
//             TRY(patience.bear(object.error())); // an error that will not pass, or too long
//             pause_for(...);
//             continue;
//         }
//         patience.answered();

#include <chrono>
#include <optional>

#include "cli/app/cluster.h"
#include "cli/app/terminal.h"

namespace pedigree::cli {

class Patience {
  public:
    Patience(const Cluster& cluster, Terminal& terminal);

    void answered();
    // Ok: ask again. The error itself when asking again does not help; Unavailable when the server
    // was silent for too long.
    Status bear(const Error& error);

  private:
    const Cluster& cluster_;
    Terminal& terminal_;
    std::optional<std::chrono::steady_clock::time_point> silent_since_;
};

} // namespace pedigree::cli

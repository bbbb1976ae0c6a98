#pragma once
// One connection of the operator's: reads the request line, starts a child for it, passes the
// child's lines on as they come, and ends the child at its deadline or when the client goes away.
// A thread of the server runs each relay.

#include <filesystem>
#include <stop_token>

#include "worker/memory_share.h"

namespace pedigree::worker {

struct RelayOptions {
    std::filesystem::path program; // this executable
    std::filesystem::path scratch; // each child gets a folder below it
    std::filesystem::path cache;
    std::uint64_t child_memory_bytes = child_memory_bytes_max; // of each process of a child
};

void relay(int client, const RelayOptions& options, std::stop_token stop);

} // namespace pedigree::worker

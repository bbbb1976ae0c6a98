#pragma once
// One connection of the operator's: reads the request line, starts a child for it, passes the
// child's lines on as they come, and ends the child at its deadline or when the client goes away.
// A thread of the server runs each relay.
//
//     client:  {"kind": "BuildImage", "id": "...", "deadlineSeconds": 600, "input": {...}}\n
//     child:   {"progress": {...}}\n ...  then one {"outcome": {...}} or {"failure": {...}}
//
// (records/work/work.h). A child that dies without an answer is answered for: WorkerInterrupted, or
// DeadlineExceeded; the operator decides whether to ask again. The child is trusted with nothing:
// its lines are bounded, and are passed on as they are.

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

// `client` stays the caller's. Returns when the client has its answer or has gone.
void relay(int client, const RelayOptions& options, std::stop_token stop);

} // namespace pedigree::worker

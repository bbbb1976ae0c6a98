#pragma once
// pause_for: waits out a time unless a stop is requested first. True: the time is over. Any thread
// may call.

#include <chrono>
#include <condition_variable>
#include <stop_token>

#include "base/sync.h"

namespace pedigree {

inline bool pause_for(std::chrono::milliseconds time, std::stop_token stop) {
    Sync<bool> stopped(false);
    std::condition_variable changed;
    const std::stop_callback wake(stop, [&] {
        *stopped.lock() = true;
        changed.notify_all();
    });
    auto held = stopped.lock();
    return !held.wait_for(changed, time, [&] { return *held; });
}

} // namespace pedigree

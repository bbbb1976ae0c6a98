#pragma once
// FirstSeen: since when this process knows of something, by its own clock. Deadlines of what the
// API server or a kubelet dates are judged by this: their clocks may be hours away from ours. It
// begins anew with the process, so a deadline may come later for a restart and never earlier. A
// deletion's is committed for that (ExperimentRow::deleting_since), and that of a pod on a node
// (AttemptRow::placed_at). Any thread may call.

#include <map>
#include <string>

#include "base/clock.h"
#include "base/sync.h"

namespace pedigree::control {

class FirstSeen {
  public:
    Instant since(const std::string& what, Instant now) {
        auto seen = seen_.lock();
        const auto [place, fresh] = seen->try_emplace(what, Entry{now, now});
        place->second.asked = now;
        const Instant first = place->second.first;
        if (fresh && seen->size() > first_seen_max) {
            std::erase_if(
                *seen, [&](const auto& entry) { return entry.second.asked + kept_unasked < now; });
        }
        return first;
    }

  private:
    // What nobody has asked for in a day is gone; more than so many are looked through for it.
    static constexpr std::size_t first_seen_max = 10'000;
    static constexpr std::chrono::hours kept_unasked{24};

    struct Entry {
        Instant first, asked;
    };
    Sync<std::map<std::string, Entry>> seen_;
};

} // namespace pedigree::control

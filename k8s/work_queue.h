#pragma once
// WorkQueue: QueueOrder shared between threads. Informers and timers add keys, workers take them
// and say when they are done. Any thread may call anything.
//
//     while (auto key = queue.take()) { reconcile(*key); queue.done(*key); }

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <optional>

#include "base/sync.h"
#include "k8s/queue_order.h"

namespace pedigree::k8s {

class WorkQueue {
  public:
    // `share_max`: how many keys of one namespace may be in work at once.
    explicit WorkQueue(std::size_t share_max = QueueOrder::no_share)
        : state_(State{.order = QueueOrder(share_max)}) {}

    void add(const ObjectKey& key, Priority priority = Priority::Normal,
             std::chrono::milliseconds after = {});
    // Waits for a key; empty: shut down.
    std::optional<ObjectKey> take();
    void done(const ObjectKey& key);
    void retry(const ObjectKey& key, Priority priority = Priority::Normal);
    void forget(const ObjectKey& key);

    // No key is taken or added from now on; waits for those in work. False: the limit passed.
    bool shut_down(std::chrono::milliseconds limit);

    struct Depth {
        std::size_t ready = 0;
        std::size_t waiting = 0;
        std::size_t in_work = 0;
        std::uint64_t adds = 0;
        std::uint64_t retries = 0;
    };
    Depth depth() const;

  private:
    struct State {
        QueueOrder order;
        bool shut_down = false;
        std::uint64_t adds = 0;
        std::uint64_t retries = 0;
    };
    mutable Sync<State> state_;
    std::condition_variable changed_;
};

} // namespace pedigree::k8s

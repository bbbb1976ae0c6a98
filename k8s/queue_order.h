#pragma once
// QueueOrder: which key a controller works on next; the pure part of WorkQueue, with time given
// from outside so that simulations drive it. One key is never handed out twice at once; added again
// while in work, it returns when it is done. Higher priority first, within a priority round robin
// by namespace, within a namespace first come first served. Merging keeps the higher priority and
// the earlier time. Of one namespace at most `share_max` keys are in work at once, so that what is
// slow there leaves room for others. Failures wait 5 ms * 2^n up to 1000 s per key. Not
// synchronised.

#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "k8s/object.h"

namespace pedigree::k8s {

using QueueTime = std::chrono::steady_clock::time_point;

enum class Priority : int {
    Background = -100, // first list, resync
    Normal = 0,        // a user's change
    Urgent = 100,      // deletion, cancel
};

constexpr std::chrono::milliseconds retry_first{5};
constexpr std::chrono::milliseconds retry_ceiling{1000000};

class QueueOrder {
  public:
    static constexpr std::size_t no_share = std::numeric_limits<std::size_t>::max();

    explicit QueueOrder(std::size_t share_max = no_share) : share_max_(share_max) {}

    void add(const ObjectKey& key, Priority priority, QueueTime ready_at, QueueTime now);
    // The next key whose time has come; it is in work until done().
    std::optional<ObjectKey> take(QueueTime now);
    void done(const ObjectKey& key, QueueTime now);
    // add() after the key's back-off, which grows with each call until forget().
    void retry(const ObjectKey& key, Priority priority, QueueTime now);
    void forget(const ObjectKey& key);

    // When the earliest waiting key becomes ready; empty: none waits.
    std::optional<QueueTime> next_ready_at() const;
    std::size_t ready() const { return ready_count_; } // with those whose namespace has its share
    bool can_take() const;                             // take() would give one of the ready
    std::size_t waiting() const { return waiting_.size(); }
    std::size_t in_work() const { return in_work_.size(); }
    bool idle() const { return ready_count_ == 0 && waiting_.empty() && in_work_.empty(); }

  private:
    struct Entry {
        Priority priority = Priority::Normal;
        QueueTime ready_at{};
        bool ready = false;
        bool again = false; // added while in work; queued by done()
    };
    struct Level {
        std::map<std::string, std::deque<ObjectKey>> by_namespace;
        std::deque<std::string> turn; // namespaces with keys, the next one first
    };
    void enqueue(const ObjectKey& key, Entry& entry, QueueTime now);
    void make_ready(const ObjectKey& key, Entry& entry);
    void unready(const ObjectKey& key, const Entry& entry);
    void promote(QueueTime now);
    std::deque<std::string>::const_iterator next_turn(const Level& level) const;

    std::map<ObjectKey, Entry> entries_;
    std::size_t share_max_;
    std::set<ObjectKey> in_work_;
    std::map<std::string, std::size_t> in_work_of_; // by namespace
    std::map<int, Level, std::greater<>> levels_;
    std::set<std::pair<QueueTime, ObjectKey>> waiting_;
    std::map<ObjectKey, std::uint32_t> failures_;
    std::size_t ready_count_ = 0;
};

} // namespace pedigree::k8s

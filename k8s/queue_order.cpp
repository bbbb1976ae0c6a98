#include "k8s/queue_order.h"

#include <algorithm>

#include "base/backoff.h"

namespace pedigree::k8s {
namespace {

constexpr BackoffOptions retry_waits{.first = retry_first, .ceiling = retry_ceiling};

} // namespace

void QueueOrder::add(const ObjectKey& key, Priority priority, QueueTime ready_at, QueueTime now) {
    const auto [found, fresh] = entries_.try_emplace(key);
    Entry& entry = found->second;
    if (fresh) {
        entry.priority = priority;
        entry.ready_at = ready_at;
        if (in_work_.contains(key)) {
            entry.again = true;
        } else {
            enqueue(key, entry, now);
        }
        return;
    }
    const Priority higher = std::max(entry.priority, priority);
    const QueueTime earlier = std::min(entry.ready_at, ready_at);
    const bool sooner = earlier < entry.ready_at && !entry.ready;
    if (higher == entry.priority && !sooner) {
        return; // it keeps its place
    }
    const bool was_ready = entry.ready;
    if (!entry.again) {
        unready(key, entry);
    }
    entry.priority = higher;
    entry.ready_at = earlier;
    entry.ready = false;
    if (entry.again) {
        return; // done() queues it
    }
    was_ready ? make_ready(key, entry) : enqueue(key, entry, now);
}

void QueueOrder::enqueue(const ObjectKey& key, Entry& entry, QueueTime now) {
    if (entry.ready_at > now) {
        waiting_.emplace(entry.ready_at, key);
    } else {
        make_ready(key, entry);
    }
}

void QueueOrder::make_ready(const ObjectKey& key, Entry& entry) {
    Level& level = levels_[static_cast<int>(entry.priority)];
    auto& keys = level.by_namespace[key.name_space];
    if (keys.empty()) {
        level.turn.push_back(key.name_space);
    }
    keys.push_back(key);
    entry.ready = true;
    ++ready_count_;
}

// Takes a key out of wherever it waits; only merges need it, so a linear search is fine.
void QueueOrder::unready(const ObjectKey& key, const Entry& entry) {
    if (!entry.ready) {
        waiting_.erase({entry.ready_at, key});
        return;
    }
    Level& level = levels_[static_cast<int>(entry.priority)];
    auto& keys = level.by_namespace[key.name_space];
    keys.erase(std::find(keys.begin(), keys.end(), key));
    if (keys.empty()) {
        level.by_namespace.erase(key.name_space);
        level.turn.erase(std::find(level.turn.begin(), level.turn.end(), key.name_space));
    }
    --ready_count_;
}

void QueueOrder::promote(QueueTime now) {
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
        const ObjectKey key = waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        make_ready(key, entries_.at(key));
    }
}

// The first whose namespace may have one more in work.
std::deque<std::string>::const_iterator QueueOrder::next_turn(const Level& level) const {
    return std::find_if(level.turn.begin(), level.turn.end(), [this](const std::string& name) {
        const auto share = in_work_of_.find(name);
        return share == in_work_of_.end() || share->second < share_max_;
    });
}

bool QueueOrder::can_take() const {
    return std::any_of(levels_.begin(), levels_.end(), [this](const auto& level) {
        return next_turn(level.second) != level.second.turn.end();
    });
}

std::optional<ObjectKey> QueueOrder::take(QueueTime now) {
    promote(now);
    for (auto& [priority, level] : levels_) {
        const auto next = next_turn(level);
        if (next == level.turn.end()) {
            continue;
        }
        const std::string name = *next;
        level.turn.erase(next);
        auto& keys = level.by_namespace.at(name);
        const ObjectKey key = std::move(keys.front());
        keys.pop_front();
        if (keys.empty()) {
            level.by_namespace.erase(name);
        } else {
            level.turn.push_back(name);
        }
        --ready_count_;
        entries_.erase(key);
        in_work_.insert(key);
        ++in_work_of_[name];
        return key;
    }
    return std::nullopt;
}

void QueueOrder::done(const ObjectKey& key, QueueTime now) {
    if (in_work_.erase(key) > 0) {
        const auto share = in_work_of_.find(key.name_space);
        if (--share->second == 0) {
            in_work_of_.erase(share);
        }
    }
    const auto found = entries_.find(key);
    if (found != entries_.end() && found->second.again) {
        found->second.again = false;
        enqueue(key, found->second, now);
    }
}

void QueueOrder::retry(const ObjectKey& key, Priority priority, QueueTime now) {
    const auto wait = back_off(++failures_[key], retry_waits);
    add(key, priority, now + wait, now);
}

void QueueOrder::forget(const ObjectKey& key) {
    failures_.erase(key);
}

std::optional<QueueTime> QueueOrder::next_ready_at() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first);
}

} // namespace pedigree::k8s

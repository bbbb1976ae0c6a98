#include "k8s/queue_order.h"

#include <algorithm>

namespace pedigree::k8s {
namespace {

constexpr std::uint32_t doublings_max = 18; // 5 ms * 2^18 is beyond the ceiling

std::chrono::milliseconds back_off(std::uint32_t failures) {
    const auto factor = std::int64_t{1} << std::min(failures, doublings_max);
    return std::min(retry_ceiling, retry_first * factor);
}

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
    auto& keys = level.by_namespace[key.in_namespace];
    if (keys.empty()) {
        level.turn.push_back(key.in_namespace);
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
    auto& keys = level.by_namespace[key.in_namespace];
    keys.erase(std::find(keys.begin(), keys.end(), key));
    if (keys.empty()) {
        level.by_namespace.erase(key.in_namespace);
        level.turn.erase(std::find(level.turn.begin(), level.turn.end(), key.in_namespace));
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

std::optional<ObjectKey> QueueOrder::take(QueueTime now) {
    promote(now);
    for (auto& [priority, level] : levels_) {
        if (level.turn.empty()) {
            continue;
        }
        const std::string name = std::move(level.turn.front());
        level.turn.pop_front();
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
        return key;
    }
    return std::nullopt;
}

void QueueOrder::done(const ObjectKey& key, QueueTime now) {
    in_work_.erase(key);
    const auto found = entries_.find(key);
    if (found != entries_.end() && found->second.again) {
        found->second.again = false;
        enqueue(key, found->second, now);
    }
}

void QueueOrder::retry(const ObjectKey& key, Priority priority, QueueTime now) {
    const auto wait = back_off(failures_[key]++);
    add(key, priority, now + wait, now);
}

void QueueOrder::forget(const ObjectKey& key) {
    failures_.erase(key);
}

std::optional<QueueTime> QueueOrder::next_ready_at() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first);
}

} // namespace pedigree::k8s

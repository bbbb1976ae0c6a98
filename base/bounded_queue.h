#pragma once
// BoundedQueue<T>: hands values from threads to threads, never more than `capacity` at a time.
// push waits for room, try_push does not; pop waits for a value. close() ends both: pushes are
// refused, pops drain what is left and then say so.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace pedigree {

template <typename T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    // False: the queue is closed and the value was not taken.
    bool push(T value) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return closed_ || values_.size() < capacity_; });
        if (closed_) {
            return false;
        }
        values_.push_back(std::move(value));
        filled_.notify_one();
        return true;
    }

    // False: full or closed.
    bool try_push(T value) {
        const std::lock_guard lock(mutex_);
        if (closed_ || values_.size() >= capacity_) {
            return false;
        }
        values_.push_back(std::move(value));
        filled_.notify_one();
        return true;
    }

    // Empty: the queue is closed and drained.
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return closed_ || !values_.empty(); });
        return take();
    }

    // Empty: nothing came within the limit, or closed and drained.
    template <typename Duration>
    std::optional<T> pop_for(Duration limit) {
        std::unique_lock lock(mutex_);
        filled_.wait_for(lock, limit, [&] { return closed_ || !values_.empty(); });
        return take();
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        filled_.notify_all();
        room_.notify_all();
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return values_.size();
    }

  private:
    std::optional<T> take() {
        if (values_.empty()) {
            return std::nullopt;
        }
        std::optional<T> value(std::move(values_.front()));
        values_.pop_front();
        room_.notify_one();
        return value;
    }

    const std::size_t capacity_;
    mutable std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable room_;
    std::deque<T> values_;
    bool closed_ = false;
};

} // namespace pedigree

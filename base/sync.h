#pragma once
// Sync<T>: a value that can be reached only while its mutex is held. The only place in pedigree
// where std::mutex appears, besides BoundedQueue. Methods may be called from any thread.

#include <condition_variable>
#include <mutex>
#include <utility>

namespace pedigree {

template <typename T>
class Sync {
  public:
    Sync() = default;
    explicit Sync(T value) : value_(std::move(value)) {}

    class Lock {
      public:
        Lock(std::mutex& mutex, T& value) : lock_(mutex), value_(value) {}
        T& operator*() { return value_; }
        T* operator->() { return &value_; }
        const T& operator*() const { return value_; }
        const T* operator->() const { return &value_; }
        // Waits until the predicate holds; whoever notifies `changed` wakes it.
        template <typename Predicate>
        void wait(std::condition_variable& changed, Predicate predicate) {
            changed.wait(lock_, std::move(predicate));
        }
        template <typename Duration, typename Predicate>
        bool wait_for(std::condition_variable& changed, Duration limit, Predicate predicate) {
            return changed.wait_for(lock_, limit, std::move(predicate));
        }

      private:
        std::unique_lock<std::mutex> lock_;
        T& value_;
    };

    Lock lock() { return Lock(mutex_, value_); }

    template <typename Action>
    auto with(Action action) {
        auto held = lock();
        return action(*held);
    }

  private:
    std::mutex mutex_;
    T value_{};
};

} // namespace pedigree

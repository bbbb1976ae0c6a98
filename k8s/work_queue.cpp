#include "k8s/work_queue.h"

namespace pedigree::k8s {
namespace {

constexpr std::chrono::hours wait_max{1};

} // namespace

void WorkQueue::add(const ObjectKey& key, Priority priority, std::chrono::milliseconds after) {
    const auto now = std::chrono::steady_clock::now();
    state_.with([&](State& state) {
        if (!state.shut_down) {
            state.order.add(key, priority, now + after, now);
            ++state.adds;
        }
    });
    changed_.notify_one();
}

std::optional<ObjectKey> WorkQueue::take() {
    auto state = state_.lock();
    for (;;) {
        const auto now = std::chrono::steady_clock::now();
        if (state->shut_down) {
            return std::nullopt;
        }
        if (auto key = state->order.take(now)) {
            if (state->order.can_take()) {
                changed_.notify_one(); // a promotion can ready several keys at once
            }
            return key;
        }
        const auto next = state->order.next_ready_at();
        state.wait_for(changed_, next ? *next - now : QueueTime::duration(wait_max), [&] {
            const auto earliest = state->order.next_ready_at();
            return state->shut_down || state->order.can_take() ||
                   (earliest && (!next || *earliest < *next));
        });
    }
}

void WorkQueue::done(const ObjectKey& key) {
    state_.with([&](State& state) { state.order.done(key, std::chrono::steady_clock::now()); });
    changed_.notify_all(); // shut_down may be waiting for it
}

void WorkQueue::retry(const ObjectKey& key, Priority priority) {
    state_.with([&](State& state) {
        if (!state.shut_down) {
            state.order.retry(key, priority, std::chrono::steady_clock::now());
            ++state.retries;
        }
    });
    changed_.notify_one();
}

void WorkQueue::forget(const ObjectKey& key) {
    state_.with([&](State& state) { state.order.forget(key); });
}

bool WorkQueue::shut_down(std::chrono::milliseconds limit) {
    auto state = state_.lock();
    state->shut_down = true;
    changed_.notify_all();
    return state.wait_for(changed_, limit, [&] { return state->order.in_work() == 0; });
}

WorkQueue::Depth WorkQueue::depth() const {
    return state_.with([](const State& state) {
        return Depth{state.order.ready(), state.order.waiting(), state.order.in_work(), state.adds,
                     state.retries};
    });
}

} // namespace pedigree::k8s

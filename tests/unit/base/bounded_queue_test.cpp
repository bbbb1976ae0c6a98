#include "base/bounded_queue.h"

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "base/pause.h"
#include "base/sync.h"

namespace pedigree {
namespace {

using namespace std::chrono_literals;

TEST(BoundedQueue, hands_each_value_to_one_thread_and_never_holds_more_than_its_capacity) {
    constexpr int producers = 4, each = 2000;
    BoundedQueue<int> queue(3);
    std::atomic<std::size_t> held_max = 0;
    Sync<std::array<int, producers * each>> taken;
    {
        std::vector<std::jthread> consumers;
        for (int i = 0; i < 4; ++i) {
            consumers.emplace_back([&] {
                while (const auto value = queue.pop()) {
                    held_max = std::max(held_max.load(), queue.size());
                    ++(*taken.lock())[static_cast<std::size_t>(*value)];
                }
            });
        }
        std::vector<std::jthread> makers;
        for (int i = 0; i < producers; ++i) {
            makers.emplace_back([&queue, i] {
                for (int n = 0; n < each; ++n) {
                    EXPECT_TRUE(queue.push(i * each + n));
                }
            });
        }
        makers.clear();
        queue.close();
    }
    EXPECT_LE(held_max, 3u);
    for (const int times : *taken.lock()) {
        ASSERT_EQ(times, 1);
    }
}

TEST(BoundedQueue, closed_it_takes_nothing_and_gives_what_it_has) {
    BoundedQueue<int> queue(2);
    EXPECT_TRUE(queue.try_push(1));
    EXPECT_TRUE(queue.try_push(2));
    EXPECT_FALSE(queue.try_push(3));
    std::jthread waits_for_room([&] { EXPECT_FALSE(queue.push(4)); });
    queue.close();
    waits_for_room.join();
    EXPECT_EQ(queue.pop(), 1);
    EXPECT_EQ(queue.pop_for(1ms), 2);
    EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, a_pop_with_a_limit_comes_back_empty) {
    BoundedQueue<int> queue(1);
    EXPECT_EQ(queue.pop_for(1ms), std::nullopt);
}

TEST(Pause, ends_at_once_when_stopped) {
    std::stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_FALSE(pause_for(10min, stop.get_token()));
    EXPECT_TRUE(pause_for(1ms, {}));
}

} // namespace
} // namespace pedigree

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "k8s/work_queue.h"

namespace pedigree::k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const QueueTime start{};

ObjectKey key(const std::string& name_space, int number) {
    return {name_space, std::to_string(number)};
}

std::string take_all(QueueOrder& order, QueueTime now) {
    std::string out;
    while (const auto next = order.take(now)) {
        out += next->text() + " ";
        order.done(*next, now);
    }
    return out;
}

TEST(QueueOrder, OneKeyIsInWorkOnce) {
    QueueOrder order;
    order.add(key("a", 1), Priority::Normal, start, start);
    order.add(key("a", 1), Priority::Normal, start, start); // merges
    ASSERT_TRUE(order.take(start));
    EXPECT_FALSE(order.take(start));
    order.add(key("a", 1), Priority::Normal, start, start);
    EXPECT_FALSE(order.take(start)); // still in work
    order.done(key("a", 1), start);
    EXPECT_TRUE(order.take(start));
    order.done(key("a", 1), start);
    EXPECT_TRUE(order.idle());
}

TEST(QueueOrder, IsFairBetweenNamespaces) {
    QueueOrder order;
    for (int i = 1; i <= 3; ++i) {
        order.add(key("big", i), Priority::Normal, start, start);
    }
    order.add(key("small", 1), Priority::Normal, start, start);
    order.add(key("tiny", 1), Priority::Normal, start, start);
    EXPECT_EQ(take_all(order, start), "big/1 small/1 tiny/1 big/2 big/3 ");
}

TEST(QueueOrder, OneNamespaceHasItsShareInWorkAndNoMore) {
    QueueOrder order(2);
    for (int i = 1; i <= 50; ++i) {
        order.add(key("big", i), Priority::Urgent, start, start);
    }
    EXPECT_TRUE(order.take(start));
    EXPECT_TRUE(order.take(start));
    EXPECT_FALSE(order.can_take());
    EXPECT_FALSE(order.take(start)); // a third thread is left for whoever comes
    order.add(key("small", 1), Priority::Background, start, start);
    EXPECT_TRUE(order.can_take());
    EXPECT_EQ(order.take(start)->text(), "small/1");
    EXPECT_FALSE(order.can_take());
    order.done(key("big", 1), start);
    EXPECT_EQ(order.take(start)->text(), "big/3");
    EXPECT_EQ(order.ready(), 47U);
}

TEST(WorkQueue, WhatIsHeldBackIsTakenWhenItsNamespaceHasRoom) {
    WorkQueue queue(1);
    queue.add(key("a", 1));
    queue.add(key("a", 2));
    ASSERT_TRUE(queue.take());
    std::jthread later([&] {
        const auto next = queue.take(); // waits: no key is given, none is lost
        EXPECT_EQ(next->text(), "a/2");
        queue.done(*next);
    });
    queue.done(key("a", 1));
    later.join();
    EXPECT_TRUE(queue.shut_down(seconds(5)));
}

TEST(QueueOrder, AUsersChangeOvertakesTenThousandOthers) {
    QueueOrder order;
    for (int i = 0; i < 10000; ++i) {
        order.add(key("a", i), Priority::Background, start, start);
    }
    order.add(key("a", 7), Priority::Normal, start, start); // raises one that waits already
    order.add(key("a", 9), Priority::Urgent, start, start);
    EXPECT_EQ(order.take(start), key("a", 9));
    EXPECT_EQ(order.take(start), key("a", 7));
    EXPECT_EQ(order.ready(), 9998u);
}

TEST(QueueOrder, KeepsTheEarlierTimeAndTheHigherPriority) {
    QueueOrder order;
    order.add(key("a", 1), Priority::Normal, start + seconds(10), start);
    order.add(key("a", 1), Priority::Background, start + seconds(5), start);
    EXPECT_EQ(order.next_ready_at(), start + seconds(5));
    EXPECT_FALSE(order.take(start + seconds(4)));
    order.add(key("a", 2), Priority::Background, start, start + seconds(5));
    EXPECT_EQ(order.take(start + seconds(5)), key("a", 1));
    EXPECT_EQ(order.waiting(), 0u);
}

TEST(QueueOrder, FailuresWaitLongerEachTime) {
    QueueOrder order;
    QueueTime now = start;
    std::vector<long> waits;
    order.add(key("a", 1), Priority::Normal, now, now);
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(order.take(now));
        order.retry(key("a", 1), Priority::Normal, now);
        order.done(key("a", 1), now);
        const QueueTime next = *order.next_ready_at();
        waits.push_back(std::chrono::duration_cast<milliseconds>(next - now).count());
        now = next;
    }
    EXPECT_EQ((std::vector<long>{waits[0], waits[1], waits[2]}), (std::vector<long>{5, 10, 20}));
    EXPECT_EQ(waits.back(), 1000000);
    ASSERT_TRUE(order.take(now));
    order.forget(key("a", 1));
    order.retry(key("a", 1), Priority::Normal, now);
    order.done(key("a", 1), now);
    EXPECT_EQ(order.next_ready_at(), now + milliseconds(5));
}

TEST(QueueOrder, NewsDuringWorkBeatTheBackOff) {
    QueueOrder order;
    order.add(key("a", 1), Priority::Normal, start, start);
    ASSERT_TRUE(order.take(start));
    order.add(key("a", 1), Priority::Normal, start + seconds(60), start);
    order.add(key("a", 1), Priority::Urgent, start, start);
    order.done(key("a", 1), start);
    EXPECT_EQ(order.take(start), key("a", 1));
}

// Against a model: whatever is added is taken, never twice at once, never before its time.
TEST(QueueOrder, AgreesWithASimpleModel) {
    std::mt19937 random(20260101);
    QueueOrder order;
    std::map<ObjectKey, QueueTime> expected; // key -> earliest time at which it may be taken
    std::set<ObjectKey> in_work;
    QueueTime now = start;
    for (int i = 0; i < 200000; ++i) {
        const ObjectKey picked = key(std::string(1, static_cast<char>('a' + random() % 4)),
                                     static_cast<int>(random() % 50));
        switch (random() % 4) {
        case 0:
        case 1: {
            const auto at = now + milliseconds(random() % 3 == 0 ? random() % 40 : 0);
            const Priority priorities[] = {Priority::Background, Priority::Normal,
                                           Priority::Urgent};
            order.add(picked, priorities[random() % 3], at, now);
            const auto [found, fresh] = expected.emplace(picked, at);
            found->second = std::min(found->second, at);
            break;
        }
        case 2:
            if (const auto taken = order.take(now)) {
                ASSERT_TRUE(in_work.insert(*taken).second) << "twice at once";
                ASSERT_TRUE(expected.contains(*taken));
                ASSERT_LE(expected[*taken], now) << "too early";
                expected.erase(*taken);
            } else {
                for (const auto& [waiting, at] : expected) {
                    ASSERT_TRUE(at > now || in_work.contains(waiting)) << "forgotten";
                }
            }
            break;
        default:
            if (!in_work.empty()) {
                order.done(*in_work.begin(), now);
                in_work.erase(in_work.begin());
            }
            now += milliseconds(random() % 3);
        }
    }
}

TEST(WorkQueue, EightThreadsLoseNothingAndShareNoKey) {
    WorkQueue queue;
    constexpr int keys = 200;
    constexpr int adds_per_thread = 20000;
    std::array<std::atomic<int>, keys> in_work{};
    std::array<std::atomic<int>, keys> added{};
    std::array<std::atomic<int>, keys> seen{}; // value of `added` when last worked on
    std::atomic<bool> shared{false};
    std::atomic<long> rounds{0};
    const auto work = [&] {
        while (const auto taken = queue.take()) {
            const auto number = static_cast<std::size_t>(std::stoi(taken->name));
            shared = shared || in_work[number].fetch_add(1) != 0;
            seen[number] = added[number].load();
            ++rounds;
            in_work[number].fetch_sub(1);
            queue.done(*taken);
        }
    };
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
        workers.emplace_back(work);
    }
    {
        std::vector<std::jthread> feeders;
        for (unsigned i = 0; i < 4; ++i) {
            feeders.emplace_back([&, i] {
                std::mt19937 random(i);
                for (int n = 0; n < adds_per_thread; ++n) {
                    const auto number = random() % keys;
                    ++added[number];
                    queue.add(key(number % 2 == 0 ? "even" : "odd", static_cast<int>(number)),
                              Priority::Normal, milliseconds(random() % 100 == 0 ? 1 : 0));
                }
            });
        }
    }
    for (auto depth = queue.depth(); depth.ready + depth.waiting + depth.in_work > 0;
         depth = queue.depth()) {
        std::this_thread::yield();
    }
    EXPECT_TRUE(queue.shut_down(seconds(10)));
    workers.clear();
    EXPECT_FALSE(shared);
    for (std::size_t i = 0; i < keys; ++i) {
        EXPECT_EQ(seen[i], added[i]) << "an add to key " << i << " was never worked on";
    }
    EXPECT_GT(rounds, keys);
}

TEST(WorkQueue, WakesForADelayAndForTheEnd) {
    WorkQueue queue;
    const auto begun = std::chrono::steady_clock::now();
    queue.add(key("a", 1), Priority::Normal, milliseconds(30));
    std::jthread later([&] { queue.add(key("a", 2), Priority::Normal, milliseconds(10)); });
    EXPECT_EQ(queue.take(), key("a", 2)); // although the worker slept for the other
    EXPECT_EQ(queue.take(), key("a", 1));
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(30));
    EXPECT_FALSE(queue.shut_down(milliseconds(10))); // both are still in work
    EXPECT_FALSE(queue.take());
    queue.done(key("a", 1));
    queue.done(key("a", 2));
    EXPECT_TRUE(queue.shut_down(seconds(1)));
}

} // namespace
} // namespace pedigree::k8s

#include "base/together.h"

#include <atomic>
#include <latch>

#include <gtest/gtest.h>

namespace pedigree {
namespace {

TEST(Together, EachTaskIsDoneOnce) {
    std::vector<std::atomic<int>> done(100);
    std::vector<Task> tasks;
    for (auto& one : done) {
        tasks.push_back([&one]() -> Status {
            ++one;
            return {};
        });
    }
    EXPECT_TRUE(do_together(tasks, 4));
    for (const auto& one : done) {
        EXPECT_EQ(one, 1);
    }
    EXPECT_TRUE(do_together({}, 4));
}

TEST(Together, AsManyRunAtOnceAsThereAreThreads) {
    std::latch all(3);
    const Task wait_for_the_others = [&]() -> Status {
        all.arrive_and_wait();
        return {};
    };
    EXPECT_TRUE(do_together({wait_for_the_others, wait_for_the_others, wait_for_the_others}, 3));
}

TEST(Together, AfterAnErrorNothingIsBegun) {
    int begun = 0;
    const Task good = [&]() -> Status {
        ++begun;
        return {};
    };
    const Task bad = [&]() -> Status {
        ++begun;
        return failure(ErrorCode::Unavailable, "no answer");
    };
    const Status outcome = do_together({good, bad, good, good}, 1);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message, "no answer");
    EXPECT_EQ(begun, 2);
}

TEST(Together, TheFirstOfTwoErrorsIsKept) {
    std::latch both(2);
    std::latch first(1);
    const Task one = [&]() -> Status {
        both.arrive_and_wait();
        first.count_down();
        return failure(ErrorCode::Unavailable, "no answer");
    };
    const Task two = [&]() -> Status {
        both.arrive_and_wait();
        first.wait();
        return failure(ErrorCode::Unavailable, "no answer");
    };
    EXPECT_EQ(do_together({one, two}, 2).error().message, "no answer");
}

} // namespace
} // namespace pedigree

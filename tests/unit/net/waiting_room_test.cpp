#include "net/server/waiting_room.h"

#include <thread>

#include <gtest/gtest.h>

namespace pedigree::net {
namespace {

using Kind = Turn::Kind;

TEST(WaitingRoom, RefusesRequestsAboveItsBound) {
    WaitingRoom room(1, 4);
    EXPECT_TRUE(room.ask(nullptr));
    EXPECT_FALSE(room.ask(nullptr));
    EXPECT_TRUE(room.go_on(nullptr)); // an answer that has begun goes on
}

TEST(WaitingRoom, RequestsComeBeforeSteps) {
    WaitingRoom room(2, 4);
    room.go_on(nullptr);
    room.ask(nullptr);
    EXPECT_EQ(room.next()->kind, Kind::Request);
    EXPECT_EQ(room.next()->kind, Kind::Step);
}

TEST(WaitingRoom, StepsLeaveHalfOfTheThreadsToRequests) {
    WaitingRoom room(2, 4);
    for (int i = 0; i < 3; ++i) {
        room.go_on(nullptr);
    }
    EXPECT_EQ(room.next()->kind, Kind::Step);
    EXPECT_EQ(room.next()->kind, Kind::Step);
    // The third step has to wait although two threads are free: this one is given the request.
    room.ask(nullptr);
    EXPECT_EQ(room.next()->kind, Kind::Request);
    room.done(Kind::Step);
    EXPECT_EQ(room.next()->kind, Kind::Step);
}

TEST(WaitingRoom, WhatWaitsIsStillServedWhenTheRoomCloses) {
    WaitingRoom room(2, 2);
    room.ask(nullptr);
    room.go_on(nullptr);
    room.close();
    EXPECT_FALSE(room.ask(nullptr));
    EXPECT_FALSE(room.go_on(nullptr));
    EXPECT_EQ(room.next()->kind, Kind::Request);
    EXPECT_EQ(room.next()->kind, Kind::Step);
    std::jthread other([&] { EXPECT_FALSE(room.next()); });
}

} // namespace
} // namespace pedigree::net

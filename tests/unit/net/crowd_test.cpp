#include "net/server/crowd.h"

#include <gtest/gtest.h>

namespace pedigree::net {
namespace {

TEST(Crowd, LetsInWhoeverFindsRoom) {
    Crowd crowd({.connections_max = 2, .connections_per_peer_max = 2});
    EXPECT_TRUE(crowd.arrive(1, "a").admitted);
    EXPECT_TRUE(crowd.arrive(2, "b").admitted);
    EXPECT_EQ(crowd.size(), 2u);
}

TEST(Crowd, TheLongestWaitingOfTheSamePeerLeavesWhenItHasItsShare) {
    Crowd crowd({.connections_max = 10, .connections_per_peer_max = 2});
    crowd.arrive(1, "a");
    crowd.arrive(2, "other");
    crowd.arrive(3, "a");
    crowd.waits(1); // it asked something meanwhile, and waits again
    const auto verdict = crowd.arrive(4, "a");
    EXPECT_TRUE(verdict.admitted);
    EXPECT_EQ(verdict.leaves, 3u);
    EXPECT_EQ(crowd.size(), 3u);
}

TEST(Crowd, ThePeerThatHoldsMostMakesRoomForAnother) {
    Crowd crowd({.connections_max = 4, .connections_per_peer_max = 4});
    crowd.arrive(1, "quiet"); // has waited longest, but is alone
    crowd.arrive(2, "greedy");
    crowd.arrive(3, "greedy");
    crowd.arrive(4, "greedy");
    const auto verdict = crowd.arrive(5, "new");
    EXPECT_TRUE(verdict.admitted);
    EXPECT_EQ(verdict.leaves, 2u);
}

TEST(Crowd, NobodyLeavesWhoIsWorkedFor) {
    Crowd crowd({.connections_max = 2, .connections_per_peer_max = 2});
    crowd.arrive(1, "a");
    crowd.arrive(2, "a");
    crowd.works(1);
    crowd.works(2);
    EXPECT_FALSE(crowd.arrive(3, "a").admitted);
    EXPECT_FALSE(crowd.arrive(3, "b").admitted);
    crowd.waits(2);
    EXPECT_EQ(crowd.arrive(3, "b").leaves, 2u);
}

TEST(Crowd, WhoHasLeftMakesRoom) {
    Crowd crowd({.connections_max = 8, .connections_per_peer_max = 1});
    crowd.arrive(1, "a");
    crowd.works(1);
    EXPECT_FALSE(crowd.arrive(2, "a").admitted);
    crowd.leave(1);
    crowd.leave(1);
    EXPECT_TRUE(crowd.arrive(3, "a").admitted);
}

} // namespace
} // namespace pedigree::net

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/run/classify.h"

namespace pedigree::run {
namespace {

const Instant start{std::chrono::hours(1)};

PodFacts waiting_in(const std::string& reason, const std::string& message) {
    PodFacts pod;
    pod.phase = "Pending";
    pod.placed_since = start;
    pod.train.name = train_container;
    pod.train.waiting = true;
    pod.train.reason = reason;
    pod.train.message = message;
    return pod;
}

Waiting after(const PodFacts& pod, std::int64_t seconds) {
    return waiting_reason(pod, "", start + std::chrono::seconds(seconds));
}

TEST(WaitingReason, GivesUpOnWhatOnlyAPersonCanMend) {
    const auto pod = waiting_in("CreateContainerConfigError", "secret \"data-read\" not found");
    EXPECT_FALSE(after(pod, configuration_grace_seconds).hopeless);
    const Waiting lasting = after(pod, configuration_grace_seconds + 1);
    EXPECT_TRUE(lasting.hopeless);
    EXPECT_EQ(lasting.failure_class, FailureClass::Configuration);
    EXPECT_EQ(lasting.reason, "CreateContainerConfigError");
    EXPECT_THAT(lasting.message, testing::HasSubstr("container train"));
    EXPECT_THAT(lasting.message, testing::HasSubstr("secret \"data-read\" not found"));
}

// A node an hour behind, or ahead: what it dates decides nothing.
TEST(WaitingReason, CountsByOurOwnClock) {
    for (const int hours : {-1, 1}) {
        auto pod = waiting_in("ErrImagePull", "connection refused");
        pod.started_at = pod.created_at = start + std::chrono::hours(hours);
        EXPECT_FALSE(after(pod, pull_grace_seconds).hopeless);
        EXPECT_TRUE(after(pod, pull_grace_seconds + 1).hopeless);
    }
}

TEST(WaitingReason, TellsARefusalFromARegistryThatIsAway) {
    const auto refused = waiting_in("ImagePullBackOff", "Back-off pulling image: 401 Unauthorized");
    EXPECT_EQ(after(refused, 61).failure_class, FailureClass::Configuration);
    const auto away =
        waiting_in("ErrImagePull", "dial tcp 10.0.0.1:5000: connect: connection refused");
    EXPECT_FALSE(after(away, 61).hopeless);
    EXPECT_FALSE(after(away, pull_grace_seconds).hopeless);
    EXPECT_EQ(after(away, pull_grace_seconds + 1).failure_class, FailureClass::Infrastructure);
}

// A pull that begins when prepare has fetched for an hour has its whole time.
TEST(WaitingReason, CountsFromPreparesEnd) {
    auto away = waiting_in("ErrImagePull", "connection refused");
    away.prepare.terminated = true;
    away.prepare.finished_at = start + std::chrono::hours(1);
    EXPECT_FALSE(after(away, 3600 + pull_grace_seconds).hopeless);
    EXPECT_TRUE(after(away, 3600 + pull_grace_seconds + 1).hopeless);
}

TEST(WaitingReason, GivesUpOnAPodThatDoesNotBegin) {
    PodFacts pod;
    pod.node_name = "node-1";
    pod.placed_since = start;
    pod.started_at = start - std::chrono::hours(5); // by the node's clock
    pod.prepare.waiting = true;
    pod.prepare.reason = "PodInitializing"; // and an event says FailedMount
    EXPECT_FALSE(after(pod, start_seconds_max).hopeless);
    EXPECT_EQ(after(pod, start_seconds_max + 1).reason, "PodNotStarted");
    EXPECT_TRUE(after(pod, start_seconds_max + 1).hopeless);
    pod.prepare.running = true; // has a deadline of its own
    EXPECT_FALSE(after(pod, 100 * start_seconds_max).hopeless);
    pod.prepare.running = false;
    pod.prepare.terminated = true;
    pod.prepare.finished_at = start + std::chrono::hours(10);
    EXPECT_FALSE(after(pod, 11 * 3600).hopeless);
    EXPECT_TRUE(after(pod, 11 * 3600 + 1).hopeless);
    pod.train.running = true;
    EXPECT_FALSE(after(pod, 100 * start_seconds_max).hopeless);
}

TEST(WaitingReason, SaysWhoHoldsTheGpus) {
    PodFacts pod;
    pod.conditions.push_back(
        {"PodScheduled", "False", "Unschedulable", "0/1 nodes: 1 Insufficient nvidia.com/gpu."});
    const Waiting held = waiting_reason(pod, "2 of 2 in use by vision/resnet-7", start);
    EXPECT_EQ(held.reason, "WaitingForGpu");
    EXPECT_EQ(held.message, "Waiting for GPU: 2 of 2 in use by vision/resnet-7");
    EXPECT_FALSE(held.hopeless);
    EXPECT_THAT(waiting_reason(pod, "", start).message, testing::HasSubstr("Insufficient"));
    pod.conditions.front().message = "0/1 nodes: 1 Insufficient memory.";
    EXPECT_EQ(waiting_reason(pod, "", start).reason, "Unschedulable");
}

TEST(WaitingReason, FollowsThePodsWay) {
    PodFacts pod;
    EXPECT_EQ(waiting_reason(pod, "", start).reason, "WaitingForNode");
    pod.node_name = "node-1";
    EXPECT_EQ(waiting_reason(pod, "", start).reason, "PullingImage");
    pod.prepare.running = true;
    EXPECT_EQ(waiting_reason(pod, "", start).reason, "Preparing");
    pod.prepare.running = false;
    pod.prepare.terminated = true;
    EXPECT_EQ(waiting_reason(pod, "", start).reason, "StartingContainer");
    pod.recorder.running = true;
    EXPECT_EQ(waiting_reason(pod, "", start).reason, "StartingContainer");
}

} // namespace
} // namespace pedigree::run

#include "k8s/lease.h"

#include <thread>

#include <nlohmann/json.hpp>

#include "tests/integration/k8s/real_cluster.h"

namespace pedigree::k8s {
namespace {

using LeaseTest = RealCluster;

TEST_F(LeaseTest, OneHoldsItAndHandsItOver) {
    const SystemClock clock;
    LeaseOptions options{{namespace_name_, "pedigree-operator"}, "first"};
    LeaseElector first(*client_, clock, options);
    options.identity = "second";
    LeaseElector second(*client_, clock, options);
    const SteadyTime now = std::chrono::steady_clock::now();

    EXPECT_TRUE(first.try_once(now).value_or(false));
    EXPECT_FALSE(second.try_once(now).value_or(true));
    EXPECT_EQ(second.holder(), "first");
    EXPECT_TRUE(first.try_once(now).value_or(false));
    EXPECT_EQ(first.transitions(), 0);

    ASSERT_TRUE(first.release());
    EXPECT_TRUE(second.try_once(now).value_or(false));
    EXPECT_EQ(second.transitions(), 1);
    EXPECT_FALSE(first.try_once(now).value_or(true));
}

TEST_F(LeaseTest, AStoppedHolderIsReplacedWithinItsDuration) {
    const SystemClock clock;
    LeaseOptions options{{namespace_name_, "pedigree-operator"},
                         "dead",
                         std::chrono::seconds(2),
                         std::chrono::milliseconds(1500),
                         std::chrono::milliseconds(200)};
    LeaseElector dead(*client_, clock, options);
    ASSERT_TRUE(dead.try_once(std::chrono::steady_clock::now()).value_or(false));

    options.identity = "successor";
    LeaseElector successor(*client_, clock, options);
    const auto begun = std::chrono::steady_clock::now();
    std::stop_source stop;
    hold_lease(successor, options,
               {.acquired = [&] { stop.request_stop(); }, .lost = [] {}, .holder_changed = {}},
               stop.get_token());
    const auto waited = std::chrono::steady_clock::now() - begun;
    EXPECT_GE(waited, std::chrono::milliseconds(1900));
    EXPECT_LE(waited, std::chrono::seconds(5));
    EXPECT_EQ(successor.transitions(), 1);
}

} // namespace
} // namespace pedigree::k8s

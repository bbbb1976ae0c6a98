#include "worker/egress.h"

#include <gtest/gtest.h>

#include "worker/failure.h"

namespace pedigree::worker {
namespace {

TEST(Egress, RefusesInnerAddressesUnlessAllowed) {
    const auto policy =
        EgressPolicy::from({{"10.88.0.1/32", "fd00:1::/64"}, {"10.0.0.0/8", "fd00::/8"}});
    ASSERT_TRUE(policy);
    for (const char* allowed :
         {"192.0.2.1", "10.88.0.1", "2001:db8::1", "fd00:1::5", "172.16.0.1", "::ffff:192.0.2.1"}) {
        EXPECT_TRUE(policy->check(allowed, 443)) << allowed;
    }
    for (const char* refused :
         {"127.0.0.1", "127.9.9.9", "::1", "::", "0.0.0.0", "169.254.169.254", "fe80::1",
          "fe80::1%eth0", "224.0.0.1", "ff02::1", "10.88.0.2", "10.96.0.1", "fd00:2::1",
          "::ffff:127.0.0.1", "::ffff:10.1.2.3", "255.255.255.255", "no address", ""}) {
        const Status status = policy->check(refused, 443);
        ASSERT_FALSE(status) << refused;
        EXPECT_EQ(status.error().reason, "AddressRefused");
    }
}

TEST(Egress, AllowedWinsOverLoopback) {
    const auto policy = EgressPolicy::from({{"127.0.0.0/8"}, {}});
    ASSERT_TRUE(policy);
    EXPECT_TRUE(policy->check("127.0.0.1", 5000));
    EXPECT_FALSE(policy->check("::1", 5000));
}

TEST(Egress, NetworksAreChecked) {
    for (const char* wrong :
         {"", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/-1", "x/8"}) {
        EXPECT_FALSE(EgressPolicy::from({{wrong}, {}})) << wrong;
    }
    EXPECT_TRUE(EgressPolicy::from({{"10.1.2.3", "::/0", "0.0.0.0/0"}, {}}));
}

TEST(WorkFailure, ClassSaysWhoCanMendIt) {
    Error named(ErrorCode::NotFound, "x");
    named.reason = "CommitNotFound";
    EXPECT_EQ(work_failure(named).failure_class, FailureClass::Configuration);
    EXPECT_EQ(work_failure(named).reason, "CommitNotFound");
    EXPECT_EQ(work_failure(Error(ErrorCode::Unavailable, "x")).failure_class,
              FailureClass::Infrastructure);
    EXPECT_EQ(work_failure(Error(ErrorCode::Unavailable, "x")).reason, "Unavailable");
}

} // namespace
} // namespace pedigree::worker

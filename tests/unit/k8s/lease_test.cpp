#include "k8s/lease.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/k8s/scripted_api.h"

namespace pedigree::k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct FixedClock final : Clock {
    Instant now() const override { return time; }
    Instant time{};
};

class LeaseTest : public testing::Test {
  protected:
    LeaseElector elector(const std::string& identity) {
        return LeaseElector(api_, clock_, {{"pedigree-system", "operator"}, identity});
    }
    Json stored() { return Json::parse(api_.objects.at("leases/pedigree-system/operator")); }

    ScriptedApi api_;
    FixedClock clock_;
    const SteadyTime start_{};
};

TEST_F(LeaseTest, IsTakenOverWhenItHasNotChangedForItsDuration) {
    auto first = elector("first");
    auto second = elector("second");
    EXPECT_TRUE(*first.try_once(start_));
    EXPECT_FALSE(*second.try_once(start_ + seconds(1)));
    clock_.time += seconds(2);
    EXPECT_TRUE(*first.try_once(start_ + seconds(2)));
    EXPECT_FALSE(*second.try_once(start_ + seconds(3)));  // it has changed meanwhile
    EXPECT_FALSE(*second.try_once(start_ + seconds(17))); // 14 s after that
    EXPECT_TRUE(*second.try_once(start_ + seconds(18)));
    EXPECT_EQ(second.transitions(), 1);
    EXPECT_FALSE(first.held(start_ + seconds(18)));
    EXPECT_FALSE(*first.try_once(start_ + seconds(18)));
    EXPECT_EQ(first.holder(), "second");
}

// They are for whoever leads next, and others' are left alone.
TEST_F(LeaseTest, CarriesAnnotationsFromHolderToHolder) {
    LeaseAnnotations ours{{"example.com/mark", "1"}};
    LeaseOptions options{{"pedigree-system", "operator"}, "first"};
    options.annotations = [&](const LeaseAnnotations&) { return ours; };
    LeaseElector first(api_, clock_, options);
    ASSERT_TRUE(*first.try_once(start_));
    ours["example.com/mark"] = "2";
    ASSERT_TRUE(*first.try_once(start_ + seconds(2)));
    EXPECT_EQ(stored()["metadata"]["annotations"]["example.com/mark"], "2");
    ASSERT_TRUE(first.release());
    auto second = elector("second"); // has none of its own
    ASSERT_TRUE(*second.try_once(start_ + seconds(3)));
    EXPECT_EQ(second.annotations().at("example.com/mark"), "2");
    ASSERT_TRUE(*second.try_once(start_ + seconds(5)));
    EXPECT_EQ(stored()["metadata"]["annotations"]["example.com/mark"], "2");
    ours["example.com/mark"] = "";
    ASSERT_TRUE(second.release());
    ASSERT_TRUE(*first.try_once(start_ + seconds(7)));
    EXPECT_FALSE(stored()["metadata"].contains("annotations"));
}

// The holder's clock may be hours away from ours: its timestamps say nothing.
TEST_F(LeaseTest, IgnoresTimestamps) {
    auto first = elector("first");
    clock_.time = *parse_instant("2001-01-01T00:00:00Z");
    ASSERT_TRUE(*first.try_once(start_));
    clock_.time = *parse_instant("2030-01-01T00:00:00Z");
    auto second = elector("second");
    EXPECT_FALSE(*second.try_once(start_ + seconds(100)));
    EXPECT_FALSE(*second.try_once(start_ + seconds(114)));
    EXPECT_TRUE(*second.try_once(start_ + seconds(115)));
}

TEST_F(LeaseTest, KeepsItsAcquireTimeWhenRenewed) {
    auto first = elector("first");
    ASSERT_TRUE(*first.try_once(start_));
    const std::string acquired = stored()["spec"]["acquireTime"];
    clock_.time += seconds(2);
    ASSERT_TRUE(*first.try_once(start_ + seconds(2)));
    EXPECT_EQ(stored()["spec"]["acquireTime"], acquired);
    EXPECT_NE(stored()["spec"]["renewTime"], acquired);
}

TEST_F(LeaseTest, ReleasedItIsFreeAtOnce) {
    auto first = elector("first");
    auto second = elector("second");
    ASSERT_TRUE(*first.try_once(start_));
    ASSERT_TRUE(first.release());
    EXPECT_EQ(stored()["spec"]["holderIdentity"], "");
    EXPECT_TRUE(*second.try_once(start_));
}

TEST_F(LeaseTest, ALostAnswerIsFoundOutByReading) {
    auto first = elector("first");
    ASSERT_TRUE(*first.try_once(start_));
    // The write arrives, its answer does not: our version is now an old one.
    Json written = stored();
    written["metadata"]["resourceVersion"] = "777";
    api_.objects["leases/pedigree-system/operator"] = written.dump();
    EXPECT_TRUE(*first.try_once(start_ + seconds(2)));
    EXPECT_TRUE(first.held(start_ + seconds(2)));
}

TEST_F(LeaseTest, IsNotHeldBeyondItsRenewDeadline) {
    auto first = elector("first");
    ASSERT_TRUE(*first.try_once(start_));
    api_.before = [](std::string_view) -> Status {
        return failure(ErrorCode::Timeout, "no answer");
    };
    EXPECT_FALSE(first.try_once(start_ + seconds(5)));
    EXPECT_TRUE(first.held(start_ + milliseconds(9999)));
    EXPECT_FALSE(first.held(start_ + seconds(10)));
}

TEST_F(LeaseTest, OfTwoThatCreateItOneWins) {
    auto first = elector("first");
    auto second = elector("second");
    api_.before = [&](std::string_view call) -> Status {
        if (call == "create") { // between the other's look and its create
            api_.before = nullptr;
            EXPECT_TRUE(*first.try_once(start_));
        }
        return {};
    };
    EXPECT_FALSE(*second.try_once(start_));
}

TEST_F(LeaseTest, TellsWhenItIsLost) {
    LeaseOptions options{{"pedigree-system", "operator"},
                         "first",
                         milliseconds(300),
                         milliseconds(100),
                         milliseconds(5)};
    LeaseElector first(api_, clock_, options);
    bool lost = false;
    hold_lease(first, options,
               {.acquired =
                    [&] {
                        api_.before = [](std::string_view) -> Status {
                            return failure(ErrorCode::Unavailable, "away");
                        };
                    },
                .lost = [&] { lost = true; },
                .holder_changed = {}},
               {});
    EXPECT_TRUE(lost);
}

TEST(LeaseOptions, MustFitTogether) {
    EXPECT_TRUE(LeaseElector::check({}));
    LeaseOptions wrong;
    wrong.renew_deadline = wrong.duration;
    EXPECT_FALSE(LeaseElector::check(wrong));
    wrong = {};
    wrong.retry_period = milliseconds(9000);
    EXPECT_FALSE(LeaseElector::check(wrong));
}

} // namespace
} // namespace pedigree::k8s

// The ConfigMap of an attempt's pod at an API server: made once, replaced only if it is ours.

#include "operator/reconcile/pod_configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "records/pod/config.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_clock.h"

namespace pedigree::control {
namespace {

Json configuration(const std::string& text, const std::string& owner = "experiment-uid") {
    return {{"metadata",
             {{"name", "exp-1"},
              {"namespace", "vision"},
              {"ownerReferences", Json::array({{{"uid", owner}, {"controller", true}}})}}},
            {"immutable", true},
            {"data", {{"pod.json", text}}}};
}

class PodConfiguration : public testing::Test {
  protected:
    FakeClock clock_;
    FakeApi api_{clock_};
    const k8s::ObjectKey key_{"vision", "exp-1"};
};

TEST_F(PodConfiguration, IsLaidOnce) {
    EXPECT_EQ(lay_configuration(api_, configuration("{}")), true);
    EXPECT_EQ(lay_configuration(api_, configuration("{}")), false); // a crash before the Job
    EXPECT_EQ(api_.writes(), 1);
}

TEST_F(PodConfiguration, IsReplacedWhereItSaysAnotherThing) {
    ASSERT_TRUE(lay_configuration(api_, configuration("{}")));
    EXPECT_EQ(lay_configuration(api_, configuration(R"({"a":1})")), true);
    EXPECT_EQ((*api_.seen(k8s::config_maps, key_))["data"]["pod.json"], R"({"a":1})");
    Json mutable_one = configuration(R"({"a":1})");
    api_.edit(k8s::config_maps, key_, [](Json& edited) { edited["immutable"] = false; });
    EXPECT_EQ(lay_configuration(api_, configuration(R"({"a":1})")), true);
    EXPECT_EQ((*api_.seen(k8s::config_maps, key_))["immutable"], true);
}

TEST_F(PodConfiguration, OfAnotherIsLeftAlone) {
    api_.put(k8s::config_maps, configuration("{}", "another"));
    const auto laid = lay_configuration(api_, configuration("{}"));
    ASSERT_FALSE(laid);
    EXPECT_EQ(laid.error().reason, "ConfigMapNameTaken");
    EXPECT_EQ(prospect_of(laid.error().code), Prospect::Permanent);
    EXPECT_EQ(remove_configuration(api_, key_, "experiment-uid"), false);
    EXPECT_TRUE(api_.seen(k8s::config_maps, key_));
}

TEST_F(PodConfiguration, GoesOnce) {
    ASSERT_TRUE(lay_configuration(api_, configuration("{}")));
    EXPECT_EQ(remove_configuration(api_, key_, "experiment-uid"), true);
    EXPECT_EQ(remove_configuration(api_, key_, "experiment-uid"), false);
}

TEST_F(PodConfiguration, HasASize) {
    const std::size_t max = records::pod::configuration_bytes_max;
    for (const std::size_t bytes : {max - 1, max}) {
        EXPECT_TRUE(lay_configuration(api_, configuration(std::string(bytes, 'x'))));
    }
    const auto laid = lay_configuration(api_, configuration(std::string(max + 1, 'x')));
    ASSERT_FALSE(laid);
    EXPECT_EQ(laid.error().reason, "PodConfigurationTooLarge");
    EXPECT_EQ(prospect_of(laid.error().code), Prospect::Permanent);
    EXPECT_THAT(laid.error().message, testing::HasSubstr("1000001 bytes"));
}

} // namespace
} // namespace pedigree::control

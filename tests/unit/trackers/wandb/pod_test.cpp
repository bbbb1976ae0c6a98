#include "trackers/wandb/pod.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::trackers::wandb {
namespace {

std::string value_of(const PodEnvironment& environment, const std::string& name) {
    const auto found = std::find_if(environment.begin(), environment.end(),
                                    [&](const auto& one) { return one.first == name; });
    return found == environment.end() ? "" : found->second;
}

TEST(Pod, PointsAtTheRecorderAndHasNoCredential) {
    const auto environment =
        wandb::environment({.recorder_url = "http://127.0.0.1:5000", .commit = "abc"});
    EXPECT_EQ(value_of(environment, "WANDB_BASE_URL"), "http://127.0.0.1:5000/wandb");
    EXPECT_EQ(value_of(environment, "WANDB_API_KEY"), std::string(40, 'x'));
    EXPECT_EQ(value_of(environment, "WANDB_GIT_COMMIT"), "abc");
    EXPECT_EQ(value_of(environment, "WANDB_DOCKER"), "");
    // It makes wandb.init of 0.15.12 fail.
    EXPECT_EQ(value_of(environment, "WANDB_HEARTBEAT_SECONDS"), "");
}

TEST(Pod, WritesLockedParameters) {
    const PodFacts facts{.recorder_url = "http://127.0.0.1:5000",
                         .parameters_json =
                             R"({"lr":0.1,"opt":"adam","name":"x y","wandb_version":2})"};
    EXPECT_EQ(value_of(wandb::environment(facts), "WANDB_SWEEP_PARAM_PATH"),
              "/pedigree/wandb-parameters.json");
    const auto laid = files(facts);
    ASSERT_EQ(laid.size(), 1U);
    EXPECT_EQ(laid.front().name, "wandb-parameters.json");
    const auto file = parse_json(laid.front().text);
    ASSERT_TRUE(file);
    EXPECT_EQ(*file, (Json{{"wandb_version", 1},
                           {"lr", {{"value", 0.1}}},
                           {"opt", {{"value", "adam"}}},
                           {"name", {{"value", "x y"}}}}));
}

TEST(Pod, AnExperimentWithoutParametersLocksNone) {
    for (const char* none : {"", "{}", "[]"}) {
        const PodFacts facts{.recorder_url = "http://127.0.0.1:5000", .parameters_json = none};
        EXPECT_EQ(value_of(wandb::environment(facts), "WANDB_SWEEP_PARAM_PATH"), "");
        EXPECT_TRUE(files(facts).empty());
    }
}

} // namespace
} // namespace pedigree::trackers::wandb

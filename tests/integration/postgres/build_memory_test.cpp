// What earlier builds left for later ones, through PostgresState against a real PostgreSQL.

#include <gmock/gmock.h>

#include "tests/integration/postgres/operator_state.h"

namespace pedigree::control {
namespace {

using testing::ElementsAre;
using testing::Key;

class BuildMemoryTest : public OperatorStateTest {};

TEST_F(BuildMemoryTest, OfLayersOfCodeOnlyThatOfTheTreeIsTold) {
    const records::work::KnownLayer layer{"sha256:1", "sha256:2", 77};
    ASSERT_TRUE(state.remember_layers(
        "registry/vision",
        {{"code:1:aaa", layer}, {"code:1:bbb", layer}, {"wheels:1:ccc", layer}}));
    EXPECT_THAT(*state.known_layers("registry/vision", "bbb"),
                ElementsAre(Key("code:1:bbb"), Key("wheels:1:ccc")));
    EXPECT_THAT(*state.known_layers("registry/vision", "b"), ElementsAre(Key("wheels:1:ccc")));
    EXPECT_TRUE(state.known_layers("registry/other", "bbb")->empty());
}

TEST_F(BuildMemoryTest, APlanOfWheelsIsKnownForOnePlaceAndTheNewestStays) {
    const WheelPlanPlace place{"registry/vision", "base@sha256:b", "sha256:lock"};
    EXPECT_EQ(*state.wheel_plan(place), "");
    ASSERT_TRUE(state.remember_wheel_plan(place, "{\"first\":1}"));
    ASSERT_TRUE(state.remember_wheel_plan(place, "{\"second\":2}"));
    EXPECT_EQ(*state.wheel_plan(place), "{\"second\":2}");
    for (const WheelPlanPlace& other : {WheelPlanPlace{"registry/other", place.base, place.lock},
                                        WheelPlanPlace{place.repository, "other", place.lock},
                                        WheelPlanPlace{place.repository, place.base, "other"}}) {
        EXPECT_EQ(*state.wheel_plan(other), "");
    }
}

} // namespace
} // namespace pedigree::control

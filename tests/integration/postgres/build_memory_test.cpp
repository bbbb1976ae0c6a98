// What earlier builds left for later ones, through PostgresHistory against a real PostgreSQL.

#include <gmock/gmock.h>

#include "base/digest.h"
#include "tests/integration/postgres/operator_state.h"

namespace pedigree::control {
namespace {

using testing::ElementsAre;
using testing::Key;

class BuildMemoryTest : public OperatorStateTest {};

TEST_F(BuildMemoryTest, OfLayersOfCodeOnlyThatOfTheTreeIsTold) {
    const records::work::KnownLayer layer{"sha256:1", "sha256:2", 77, ""};
    ASSERT_TRUE(memory.remember_layers(
        "registry/vision",
        {{"code:1:aaa", layer}, {"code:1:bbb", layer}, {"wheels:1:ccc", layer}}));
    EXPECT_THAT(*memory.known_layers("registry/vision", "bbb"),
                ElementsAre(Key("code:1:bbb"), Key("wheels:1:ccc")));
    EXPECT_THAT(*memory.known_layers("registry/vision", "b"), ElementsAre(Key("wheels:1:ccc")));
    EXPECT_TRUE(memory.known_layers("registry/other", "bbb")->empty());
}

TEST_F(BuildMemoryTest, ALayerComesBackAsItWasRemembered) {
    const std::map<std::string, records::work::KnownLayer> layers{
        {"wheels:1:ccc", {"sha256:1", "sha256:2", 77, ""}},
        {"wheels:1-estargz:ccc", {"sha256:3", "sha256:4", 78, "sha256:5"}}};
    ASSERT_TRUE(memory.remember_layers("registry/vision", layers));
    const auto known = *memory.known_layers("registry/vision", "aaa");
    ASSERT_EQ(known.size(), layers.size());
    for (const auto& [key, layer] : layers) {
        EXPECT_EQ(known.at(key).digest, layer.digest);
        EXPECT_EQ(known.at(key).diff_id, layer.diff_id);
        EXPECT_EQ(known.at(key).bytes, layer.bytes);
        EXPECT_EQ(known.at(key).toc_digest, layer.toc_digest);
    }
}

TEST_F(BuildMemoryTest, APlanOfWheelsIsKnownForOnePlaceAndTheNewestStays) {
    const WheelPlanPlace place{"registry/vision", "base@sha256:b", "sha256:lock", "Gzip"};
    EXPECT_EQ(*memory.wheel_plan(place), "");
    ASSERT_TRUE(memory.remember_wheel_plan(place, "{\"first\":1}"));
    ASSERT_TRUE(memory.remember_wheel_plan(place, "{\"second\":2}"));
    EXPECT_EQ(*memory.wheel_plan(place), "{\"second\":2}");
    for (const auto member : {&WheelPlanPlace::repository, &WheelPlanPlace::base,
                              &WheelPlanPlace::lock, &WheelPlanPlace::layer_form}) {
        WheelPlanPlace other = place;
        other.*member = "other";
        EXPECT_EQ(*memory.wheel_plan(other), "");
    }
}

// What is not sure of it goes with it, to every build that uses it.
TEST_F(BuildMemoryTest, AWheelKeepsWhatIsNotKnownOfItsPod) {
    const DerivedWheelPlace place{"registry/vision", "base@sha256:b", "recipe"};
    for (const bool unread : {false, true}) {
        const std::string source = unread ? "sha256:1" : "sha256:2";
        ASSERT_TRUE(memory.remember_derived_wheels(
            place, {{source, {"x-1-py3-none-any.whl", sha256(source), 9, "", unread}}}));
        const auto known = memory.derived_wheels(place)->at(source);
        EXPECT_EQ(known.image_unread, unread);
        EXPECT_EQ(known.digest, sha256(source));
        EXPECT_EQ(known.bytes, 9);
    }
}

// The first that a namespace hears of a base comes from its own look at it, with its own rights.
TEST_F(BuildMemoryTest, AnInventoryIsTheNamespacesThatSawIt) {
    EXPECT_EQ(*memory.base_inventory("vision", "base@sha256:b"), "");
    ASSERT_TRUE(memory.remember_base_inventory("vision", "base@sha256:b", R"({"version":"1"})"));
    EXPECT_EQ(*memory.base_inventory("vision", "base@sha256:b"), R"({"version":"1"})");
    EXPECT_EQ(*memory.base_inventory("speech", "base@sha256:b"), "");
    ASSERT_TRUE(memory.remember_base_inventory("vision", "base@sha256:b", R"({"version":"2"})"));
    EXPECT_EQ(*memory.base_inventory("vision", "base@sha256:b"), R"({"version":"2"})");
}

} // namespace
} // namespace pedigree::control

// A build that is given the plan of an earlier one: no wheel is opened, unless a layer went lost.
#include "imagebuild/wheel_plan.h"

#include <gmock/gmock.h>

#include "tests/unit/imagebuild/image_world.h"

namespace pedigree::imagebuild {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;

class PlannedBefore : public testing::Test {
  protected:
    PlannedBefore() {
        const auto built = world_.build();
        EXPECT_TRUE(built) << built.error().message;
        first_ = *built;
        world_.code[0].text = "print('changed')\n";
        again_ = world_.request();
        again_.source.tree = std::string(40, 'b');
        again_.known_layers = first_.layers;
        again_.known_inventory = first_.inventory;
        again_.known_wheels = first_.wheel_plan;
    }
    void lose_wheels() { std::filesystem::remove_all(world_.cache.path() / "wheels"); }
    // Without the plan: what has to come out.
    BuildResult built_anew() {
        BuildRequest request = again_;
        request.known_wheels.clear();
        return *world_.build(request);
    }

    ImageWorld world_;
    BuildResult first_;
    BuildRequest again_;
};

TEST_F(PlannedBefore, AChangeOfCodeNeedsNoWheel) {
    lose_wheels();
    world_.http.calls.clear();
    const auto second = world_.build(again_);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_THAT(world_.http.calls, Each(Not(HasSubstr("index.example.com"))));
    EXPECT_NE(second->image, first_.image);
    EXPECT_EQ(second->wheel_plan, first_.wheel_plan);
    EXPECT_EQ(second->wheels.size(), 2U);
    const BuildResult anew = built_anew();
    EXPECT_EQ(second->image, anew.image);
    EXPECT_EQ(second->attestations->sbom, anew.attestations->sbom);
    EXPECT_EQ(second->attestations->provenance, anew.attestations->provenance);
}

TEST_F(PlannedBefore, ALayerThatTheRegistryLostIsMadeAgain) {
    lose_wheels();
    for (const auto& [key, layer] : first_.layers) {
        world_.http.blobs[ImageWorld::repository].erase(layer.digest.text());
    }
    const auto second = world_.build(again_);
    ASSERT_TRUE(second) << second.error().message;
    for (const auto& [key, layer] : second->layers) {
        EXPECT_TRUE(world_.http.blobs[ImageWorld::repository].contains(layer.digest.text())) << key;
    }
    EXPECT_EQ(second->image, built_anew().image);
}

TEST_F(PlannedBefore, AnotherLockOrBaseOrALayerUnknownOpensTheWheels) {
    lose_wheels();
    BuildRequest other_lock = again_;
    other_lock.lock->bytes += "# another\n";
    BuildRequest unknown = again_;
    std::erase_if(unknown.known_layers, [](const auto& one) { return one.first[0] == 'w'; });
    BuildRequest other_rules = again_;
    other_rules.known_wheels.replace(other_rules.known_wheels.find("\"rules\":\""), 9,
                                     "\"rules\":\"other ");
    BuildRequest other_base = again_;
    other_base.known_wheels.replace(other_base.known_wheels.find(world_.base.hex()), 64,
                                    sha256("another base").hex());
    BuildRequest no_plan = again_;
    no_plan.known_wheels = "{";
    for (const BuildRequest& request : {other_lock, unknown, other_rules, other_base, no_plan}) {
        lose_wheels();
        world_.http.calls.clear();
        const auto built = world_.build(request);
        ASSERT_TRUE(built) << built.error().message;
        EXPECT_THAT(world_.http.calls, testing::Contains(HasSubstr("index.example.com")));
    }
}

// Many builds share the cache, and its folders' names are no proof.
TEST_F(PlannedBefore, AnotherWheelInTheCacheIsNotLaid) {
    const std::string name = "small-1.0-py3-none-any.whl";
    const auto folder = world_.cache.path() / "wheels" / sha256(world_.wheels[name]).hex();
    write_zip(folder, name, wheel_zip("small", "1.0", {{"small/__init__.py", "evil()\n"}}));
    again_.known_layers.clear();
    EXPECT_EQ(world_.build(again_).error().reason, "WheelCacheCorrupt");
    EXPECT_EQ(built_anew().wheels[0].digest, sha256(world_.wheels[name]));
}

TEST(WheelPlan, IsReadAsItWasWritten) {
    const WheelPlan plan{
        sha256("lock"),
        sha256("base"),
        "1-estargz",
        {{"old", "1.0", "old-1.0-py3-none-any.whl", sha256("w"), {"MIT", {}}, sha256("s")}},
        {{"wheels:1:abc", "wheels"}},
        {"a warning"}};
    const auto read = parse_wheel_plan(wheel_plan_text(plan));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->lock, plan.lock);
    EXPECT_EQ(read->layer_format, plan.layer_format);
    EXPECT_EQ(read->wheels[0].built_from, sha256("s"));
    EXPECT_EQ(read->wheels[0].licenses.expression, "MIT");
    EXPECT_EQ(read->layers[0].key, "wheels:1:abc");
    EXPECT_EQ(read->layers[0].made_by, "wheels");
    EXPECT_EQ(wheel_plan_text(*read), wheel_plan_text(plan));
}

} // namespace
} // namespace pedigree::imagebuild

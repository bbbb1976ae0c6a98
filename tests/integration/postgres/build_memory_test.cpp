// What earlier builds left for later ones, through PostgresState against a real PostgreSQL.

#include <gmock/gmock.h>

#include "lineage/migrations.h"
#include "operator/state/migrations.h"
#include "operator/state/postgres_state.h"
#include "store/epoch.h"
#include "store/migration.h"
#include "tests/integration/postgres/migrated_database.h"

namespace pedigree::control {
namespace {

using testing::ElementsAre;
using testing::Key;

class BuildMemoryTest : public testing::Test {
  protected:
    test::MigratedDatabase database;
    store::Epoch epoch = claimed();
    PostgresState state{database.writer, epoch};

    store::Epoch claimed() {
        const auto migrated = store::migrate(
            database.dsn, {store::migrations(), lineage::migrations(), migrations()});
        EXPECT_TRUE(migrated) << migrated.error().message;
        return *store::claim_epoch(database.writer, "operator");
    }
};

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

// What auxiliary Jobs came to, through PostgresHistory against a real PostgreSQL.

#include <gtest/gtest.h>

#include "tests/integration/postgres/operator_state.h"

namespace pedigree::control {
namespace {

class AuxiliaryRowsTest : public OperatorStateTest {};

TEST_F(AuxiliaryRowsTest, GoodImportsAreKnownByTheirKey) {
    EXPECT_FALSE(*memory.imports_known("vision", "sha256:a"));
    ASSERT_TRUE(memory.remember_imports("vision", "sha256:a", "first"));
    ASSERT_TRUE(memory.remember_imports("vision", "sha256:a", "second")); // two at once
    EXPECT_TRUE(*memory.imports_known("vision", "sha256:a"));
    EXPECT_FALSE(*memory.imports_known("vision", "sha256:b"));
    EXPECT_FALSE(*memory.imports_known("speech", "sha256:a")); // nobody's word for another's
}

TEST_F(AuxiliaryRowsTest, WheelsAreKnownForOnePlaceAndTheFirstStays) {
    const DerivedWheelPlace place{"registry/vision", "base@sha256:b", "pep517-1"};
    const records::work::DerivedWheel first{"x-1-py3-none-any.whl", sha256("1"), 7, ""};
    const records::work::DerivedWheel second{"x-1-py3-none-any.whl", sha256("2"), 8, ""};
    ASSERT_TRUE(memory.remember_derived_wheels(place, {{"sha256:s", first}}));
    ASSERT_TRUE(memory.remember_derived_wheels(place, {{"sha256:s", second}}));
    const auto found = memory.derived_wheels(place);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->at("sha256:s").file_name, first.file_name);
    EXPECT_EQ(found->at("sha256:s").digest, first.digest);
    EXPECT_EQ(found->at("sha256:s").bytes, first.bytes);
    for (const DerivedWheelPlace& other :
         {DerivedWheelPlace{"registry/other", place.base, place.recipe},
          DerivedWheelPlace{place.repository, "other", place.recipe},
          DerivedWheelPlace{place.repository, place.base, "other"}}) {
        EXPECT_TRUE(memory.derived_wheels(other)->empty());
    }
}

TEST_F(AuxiliaryRowsTest, APassedGateIsRemembered) {
    experiment::ExperimentRow row;
    row.uid = "uid";
    row.accepted_at = *parse_instant("2026-01-31T12:00:00.000000Z");
    ASSERT_TRUE(state.commit("uid", {.experiment = row}, {}, row.accepted_at));
    EXPECT_FALSE(state.load("uid")->experiment->imports_checked);
    row.imports_checked = true;
    row.base_digest = "sha256:base"; // its neighbours in the table
    row.tracker_experiment_id = "7";
    ASSERT_TRUE(state.commit("uid", {.experiment = row}, {}, row.accepted_at));
    const auto kept = state.load("uid")->experiment;
    EXPECT_TRUE(kept->imports_checked);
    EXPECT_EQ(kept->base_digest, "sha256:base");
    EXPECT_EQ(kept->tracker_experiment_id, "7");
}

} // namespace
} // namespace pedigree::control

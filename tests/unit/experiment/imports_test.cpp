// The gate before the first trial: what the answer of its activity makes of an Experiment.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "records/work/work.h"
#include "tests/fakes/sample.h"
#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

using testing::HasSubstr;

TEST(ImportsStep, EndsTheExperimentBeforeAnyTrial) {
    Life life;
    life.answer = [&](ActivityRow& row) {
        row.state = ActivityState::Succeeded;
        row.outcome_json =
            canonical_json(row.key == resolve_activity ? records::work::to_json(sample::resolved())
                                                       : records::work::to_json(sample::built()));
        if (row.key == imports_activity) {
            row.state = ActivityState::Failed;
            row.failure_class = FailureClass::Configuration;
            row.reason = "ImportFailed";
            row.message = "ImportError: libfoo.so.1";
        }
    };
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_EQ(life.look().reason, "ImportFailed");
    EXPECT_THAT(life.look().message, HasSubstr("libfoo"));
    EXPECT_TRUE(life.observation.history.attempts.empty());
}

TEST(ImportsStep, IsNotAskedWithoutWheels) {
    Life life;
    life.answer = [&](ActivityRow& row) {
        auto built = sample::built();
        built.wheels.clear();
        row.state = ActivityState::Succeeded;
        row.outcome_json =
            canonical_json(row.key == resolve_activity ? records::work::to_json(sample::resolved())
                           : row.key == build_activity ? records::work::to_json(built)
                                                       : records::work::to_json(sample::opened()));
    };
    life.run();
    EXPECT_EQ(life.observation.history.activity(imports_activity), nullptr);
    EXPECT_EQ(life.observation.history.attempts.size(), 1U);
}

TEST(ImportsStep, IsNotAskedWhereTheSpecSaysSo) {
    Life life;
    Json spec = sample::experiment()["spec"];
    spec["image"]["gate"] = "None";
    life.use(spec);
    life.run();
    EXPECT_EQ(life.observation.history.activity(imports_activity), nullptr);
    EXPECT_EQ(life.observation.history.attempts.size(), 1U);
}

} // namespace
} // namespace pedigree::experiment

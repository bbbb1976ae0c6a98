#include "recorder/learning_curve.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::recorder {
namespace {

using records::pod::objective_points_max;

LearningCurve of_steps(const std::vector<std::int64_t>& steps) {
    LearningCurve curve;
    for (const std::int64_t step : steps) {
        curve.add(step, MetricValue(static_cast<double>(step)));
    }
    return curve;
}

std::vector<std::int64_t> steps_of(const LearningCurve& curve) {
    std::vector<std::int64_t> steps;
    for (const auto& point : curve.points) {
        steps.push_back(point.step);
    }
    return steps;
}

using Steps = std::vector<std::int64_t>;

TEST(LearningCurve, steps_rise_also_in_a_script_that_logs_without_them) {
    EXPECT_EQ(steps_of(of_steps({0, 0, 0})), (Steps{0, 1, 2}));
    EXPECT_EQ(steps_of(of_steps({10, 20, 30})), (Steps{10, 20, 30}));
    EXPECT_EQ(steps_of(of_steps({5, 3, 9})), (Steps{5, 6, 9}));
    EXPECT_EQ(steps_of(of_steps({-7, -8})), (Steps{-7, -6}));
    EXPECT_EQ(steps_of(of_steps({INT64_MAX, 0})), (Steps{INT64_MAX, INT64_MAX}));
}

TEST(LearningCurve, keeps_all_points_up_to_the_limit) {
    LearningCurve curve;
    for (std::size_t i = 0; i < objective_points_max; ++i) {
        curve.add(0, MetricValue(1));
    }
    EXPECT_EQ(curve.points.size(), objective_points_max);
    EXPECT_EQ(curve.stride, 1);
    curve.add(0, MetricValue(2));
    EXPECT_EQ(curve.points.size(), objective_points_max / 2 + 1);
    EXPECT_EQ(curve.stride, 2);
}

TEST(LearningCurve, keeps_every_stride_th_point_and_the_newest) {
    LearningCurve curve;
    for (std::int64_t seen = 1; seen <= 5000; ++seen) {
        curve.add(0, MetricValue(static_cast<double>(seen)));
        ASSERT_LE(curve.points.size(), objective_points_max);
        ASSERT_GE(curve.points.size() * curve.stride, static_cast<std::size_t>(seen));
        ASSERT_EQ(curve.points.back().value.text(), std::to_string(seen));
        for (std::size_t i = 0; i + 1 < curve.points.size(); ++i) {
            ASSERT_EQ(curve.points[i].step, static_cast<std::int64_t>(i) * curve.stride);
        }
    }
    EXPECT_EQ(curve.stride, 32);
}

TEST(LearningCurve, goes_on_from_its_note) {
    LearningCurve curve;
    for (int i = 0; i < 777; ++i) {
        curve.add(0, MetricValue(0.5));
    }
    LearningCurve again = curve_from(curve_note(curve));
    for (int i = 0; i < 777; ++i) {
        curve.add(0, MetricValue(0.25));
        again.add(0, MetricValue(0.25));
    }
    EXPECT_EQ(curve_note(again), curve_note(curve));
}

TEST(LearningCurve, points_of_another_form_are_left_out) {
    const auto points = points_from(Json::parse(
        R"([[1, "0.5"], [2], [3, 0.5], ["4", "0.5"], 5, null, [6, "x", 0], [7, "x"]])"));
    ASSERT_EQ(points.size(), 1u);
    EXPECT_EQ(points[0].step, 1);
    EXPECT_TRUE(points_from(nullptr).empty());
}

} // namespace
} // namespace pedigree::recorder

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "trackers/clearml/series.h"

namespace pedigree::trackers::clearml {
namespace {

TEST(ClearmlSeries, AStepThatComesAgainIsNoFurtherValue) {
    Series series(512);
    for (const auto& [step, value] :
         {std::pair{0, 1.0}, {1, 2.0}, {2, 3.0}, {1, 0.5}, {2, 9.0}, {3, 4.0}}) {
        series.add(step, value);
    }
    const auto metric = series.whole();
    EXPECT_EQ(metric.count, 4);
    EXPECT_EQ(series.repeated(), 2);
    EXPECT_EQ(metric.last.text(), "4");
    EXPECT_EQ(metric.min.text(), "1");
    EXPECT_EQ(metric.max.text(), "9");
    EXPECT_EQ(metric.points.size(), 4U);
}

TEST(ClearmlSeries, OfTheLastStepTheNewestValueCounts) {
    Series series(512);
    series.add(7, 1);
    series.add(7, 2);
    series.add(7, 0.25);
    const auto metric = series.whole();
    EXPECT_EQ(metric.count, 1);
    EXPECT_EQ(metric.last.text(), "0.25");
    EXPECT_EQ(metric.points.size(), 1U);
    EXPECT_EQ(metric.max.text(), "0.25"); // as on ClearML's server, which has no other
}

TEST(ClearmlSeries, StepsOutOfOrderCountOnceEach) {
    Series series(512);
    for (const std::int64_t step : {5, 3, 4, 0, 1, 2, 4, 3}) {
        series.add(step, static_cast<double>(step));
    }
    EXPECT_EQ(series.summary().count, 6);
    EXPECT_EQ(series.repeated(), 2);
    EXPECT_EQ(series.summary().last.text(), "5");
}

TEST(ClearmlSeries, ALoopThatLogsEachHundredthStepIsWhole) {
    Series series(512);
    for (int step = 0; step < 100'000; step += 100) {
        series.add(step, step);
    }
    EXPECT_EQ(series.summary().count, 1000);
    EXPECT_EQ(series.repeated(), 0);
    for (int step = 90'000; step < 110'000; step += 100) { // from a checkpoint
        series.add(step, step);
    }
    EXPECT_EQ(series.summary().count, 1100);
    EXPECT_EQ(series.repeated(), 100);
}

TEST(ClearmlSeries, NanIsNoExtreme) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Series series(512);
    series.add(0, std::nan(""));
    series.add(1, 3);
    series.add(1, infinity);
    series.add(std::numeric_limits<std::int64_t>::max(), 4);
    series.add(std::numeric_limits<std::int64_t>::min(), 5);
    const auto metric = series.whole();
    EXPECT_EQ(series.not_finite(), 2);
    EXPECT_EQ(metric.count, 4);
    EXPECT_EQ(metric.min.text(), "4"); // 3 was corrected
    EXPECT_EQ(metric.max.text(), "Infinity");
}

} // namespace
} // namespace pedigree::trackers::clearml

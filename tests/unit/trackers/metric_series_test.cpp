#include "trackers/metric_series.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pedigree::trackers {
namespace {

using records::pod::ObservedMetric;

std::vector<double> values_of(const ObservedMetric& metric) {
    std::vector<double> values;
    for (const auto& point : metric.points) {
        values.push_back(point.value.number());
    }
    return values;
}

TEST(MetricSeries, a_short_one_is_kept_whole) {
    MetricSeries series;
    for (const double value : {3.0, 1.0, 2.0}) {
        series.add(static_cast<std::int64_t>(series.count()), value);
    }
    const ObservedMetric metric = series.whole();
    EXPECT_EQ(metric.count, 3);
    EXPECT_EQ(metric.first.text(), "3");
    EXPECT_EQ(metric.last.text(), "2");
    EXPECT_EQ(metric.last_step, 2);
    EXPECT_EQ(metric.min.text(), "1");
    EXPECT_EQ(metric.max.text(), "3");
    EXPECT_EQ(values_of(metric), (std::vector<double>{3, 1, 2}));
    EXPECT_TRUE(series.summary().points.empty());
    EXPECT_EQ(MetricSeries().whole().count, 0);
}

TEST(MetricSeries, the_last_is_that_of_the_greatest_step) {
    MetricSeries series;
    series.add(5, 0.5);
    series.add(2, 0.25); // a writer that began again
    EXPECT_EQ(series.summary().last.text(), "0.5");
    EXPECT_EQ(series.summary().last_step, 5);
    EXPECT_EQ(values_of(series.whole()), (std::vector<double>{0.5, 0.25}));
}

TEST(MetricSeries, nan_is_an_extreme_only_where_there_is_no_number) {
    MetricSeries series;
    series.add(0, NAN);
    EXPECT_EQ(series.summary().min.text(), "NaN");
    series.add(1, 1);
    series.add(2, NAN);
    series.add(3, -INFINITY);
    EXPECT_EQ(series.summary().min.text(), "-Infinity");
    EXPECT_EQ(series.summary().max.text(), "1");
    EXPECT_EQ(series.summary().last.text(), "-Infinity");
}

TEST(MetricSeries, what_was_corrected_is_no_extreme_any_more) {
    MetricSeries series;
    series.add(0, 1);
    series.add(1, 9);
    series.correct(1, 2);
    EXPECT_EQ(series.summary().max.text(), "2");
    EXPECT_EQ(series.summary().last.text(), "2");
    EXPECT_EQ(values_of(series.whole()), (std::vector<double>{1, 2}));
    series.add(2, 1.5);
    series.correct(1, 7); // not the greatest step: it stays as it was
    EXPECT_EQ(series.summary().max.text(), "2");
    EXPECT_EQ(series.summary().count, 3);
    MetricSeries lone;
    lone.add(0, 5);
    lone.correct(0, 4);
    EXPECT_EQ(values_of(lone.whole()), (std::vector<double>{4}));
    EXPECT_EQ(lone.summary().max.text(), "4");
}

RC_GTEST_PROP(MetricSeries, whatever_comes_its_bounds_and_ends_are_kept, ()) {
    const auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<double>>(
        *rc::gen::inRange<std::size_t>(1, 3000), rc::gen::arbitrary<double>()));
    const auto points_max = *rc::gen::inRange<std::size_t>(series_points_min, 600);
    const auto less_from = *rc::gen::inRange<std::size_t>(0, 3000);
    MetricSeries series(points_max);
    std::size_t room = points_max;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i == less_from) {
            room = std::max(room / 2, series_points_min);
            series.shrink(room);
        }
        series.add(static_cast<std::int64_t>(i), values[i]);
    }
    const ObservedMetric metric = series.whole();
    RC_ASSERT(metric.points.size() <= room);
    RC_ASSERT(metric.points.size() >= std::min(values.size(), room / 2 > 3 ? room / 2 - 3 : 1));
    RC_ASSERT(metric.count == static_cast<std::int64_t>(values.size()));
    RC_ASSERT(metric.points.front().value == MetricValue(values.front()));
    RC_ASSERT(metric.points.back().value == MetricValue(values.back()));
    const auto kept = values_of(metric);
    RC_ASSERT(std::is_sorted(metric.points.begin(), metric.points.end(),
                             [](const auto& a, const auto& b) { return a.step < b.step; }));
    RC_ASSERT(*std::min_element(kept.begin(), kept.end()) == metric.min.number());
    RC_ASSERT(*std::max_element(values.begin(), values.end()) == metric.max.number());
    for (const auto& point : metric.points) {
        RC_ASSERT(point.value == MetricValue(values[static_cast<std::size_t>(point.step)]));
    }
}

} // namespace
} // namespace pedigree::trackers

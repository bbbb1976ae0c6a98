#include "trackers/metric_series.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace pedigree::trackers {

using records::pod::ObservedMetric;

// A comparison with NaN is false: an extreme that is a number stays, one that is NaN yields.
void MetricSeries::widen(const Point& point) {
    if (!std::isnan(point.value) && !(point.value >= least_.value)) {
        least_ = point;
    }
    if (!std::isnan(point.value) && !(point.value <= greatest_.value)) {
        greatest_ = point;
    }
}

void MetricSeries::add(std::int64_t step, double value) {
    const Point point{step, value, count_};
    if (count_ == 0) {
        newest_ = least_ = greatest_ = highest_step_ = point;
    }
    newest_ = point;
    widen(point);
    if (step >= highest_step_.step) {
        highest_step_ = point;
    }
    if (count_ % stride_ == 0) {
        every_.push_back(point);
        thin();
    }
    ++count_;
}

bool MetricSeries::spans(std::int64_t step) const {
    return count_ > 0 && step >= every_.front().step && step <= highest_step_.step;
}

void MetricSeries::correct(std::int64_t step, double value) {
    if (count_ == 0 || step != highest_step_.step) {
        return;
    }
    highest_step_.value = value;
    if (newest_.index == highest_step_.index) {
        newest_ = highest_step_;
    }
    const auto at = static_cast<std::size_t>(highest_step_.index / stride_);
    if (at < every_.size() && every_[at].index == highest_step_.index) {
        every_[at] = highest_step_;
    }
    widen(highest_step_);
}

void MetricSeries::shrink(std::size_t points_max) {
    points_max_ = std::max(points_max, series_points_min);
    thin();
    every_.shrink_to_fit();
}

// Room for the newest and the two extremes is kept.
void MetricSeries::thin() {
    while (every_.size() > 1 && every_.size() + 3 > points_max_) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < every_.size(); i += 2) {
            every_[kept++] = every_[i];
        }
        every_.resize(kept);
        stride_ *= 2;
    }
}

ObservedMetric MetricSeries::summary() const {
    ObservedMetric metric;
    metric.count = count_;
    if (count_ > 0) {
        metric.first = MetricValue(every_.front().value);
        metric.last = MetricValue(highest_step_.value);
        metric.last_step = highest_step_.step;
        metric.min = MetricValue(least_.value);
        metric.max = MetricValue(greatest_.value);
    }
    return metric;
}

ObservedMetric MetricSeries::whole() const {
    ObservedMetric metric = summary();
    std::map<std::int64_t, Point> in_order;
    for (const Point& point : every_) {
        in_order[point.index] = point;
    }
    for (const Point& point : {least_, greatest_, newest_}) {
        if (count_ > 0) {
            in_order[point.index] = point;
        }
    }
    for (const auto& [index, point] : in_order) {
        metric.points.push_back({point.step, MetricValue(point.value)});
    }
    return metric;
}

} // namespace pedigree::trackers

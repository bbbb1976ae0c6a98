#include "trackers/metric_series.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace pedigree::trackers {

using records::pod::ObservedMetric;

// A comparison with NaN is false: an extreme that is a number stays, one that is NaN yields.
void MetricSeries::widen(Extremes& extremes, const Point& point) {
    if (!std::isnan(point.value) && !(point.value >= extremes.least.value)) {
        extremes.least = point;
    }
    if (!std::isnan(point.value) && !(point.value <= extremes.greatest.value)) {
        extremes.greatest = point;
    }
}

void MetricSeries::settle(const Point& point) {
    if (!settled_) {
        settled_ = Extremes{point, point};
    }
    widen(*settled_, point);
}

MetricSeries::Extremes MetricSeries::extremes() const {
    Extremes all = settled_.value_or(Extremes{highest_step_, highest_step_});
    widen(all, highest_step_);
    return all;
}

void MetricSeries::add(std::int64_t step, double value) {
    const Point point{step, value, count_};
    newest_ = point;
    if (count_ > 0 && step < highest_step_.step) {
        settle(point);
    } else {
        if (count_ > 0) {
            settle(highest_step_);
        }
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
        const Extremes all = extremes();
        metric.min = MetricValue(all.least.value);
        metric.max = MetricValue(all.greatest.value);
    }
    return metric;
}

ObservedMetric MetricSeries::whole() const {
    ObservedMetric metric = summary();
    std::map<std::int64_t, Point> in_order;
    for (const Point& point : every_) {
        in_order[point.index] = point;
    }
    if (count_ > 0) {
        const Extremes all = extremes();
        for (const Point& point : {all.least, all.greatest, newest_}) {
            in_order[point.index] = point;
        }
    }
    for (const auto& [index, point] : in_order) {
        metric.points.push_back({point.step, MetricValue(point.value)});
    }
    return metric;
}

} // namespace pedigree::trackers

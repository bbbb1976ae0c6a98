#pragma once
// MetricSeries: the values of one metric, in the order in which they were logged, as a record keeps
// them: how many, the first, the last, the least, the greatest, and at most points_max() of them as
// points. A series that is longer loses points evenly: every stride-th value stays, in addition
// always the first, the newest and the two extremes, so that a curve drawn from it begins, ends and
// reaches where the whole one does. What is kept depends on the values alone, not on when they
// came. A value type, 24 bytes a point; one thread.

#include <cstdint>
#include <optional>
#include <vector>

#include "records/pod/bundle.h"

namespace pedigree::trackers {

constexpr std::size_t series_points_max = 512;
constexpr std::size_t series_points_min = 4; // first, last, least, greatest

class MetricSeries {
  public:
    // `points_max` is at least series_points_min.
    explicit MetricSeries(std::size_t points_max = series_points_max) : points_max_(points_max) {}

    void add(std::int64_t step, double value);
    // Whether the step lies between the first value's and the greatest.
    bool spans(std::int64_t step) const;
    // A step that was logged before comes again: no further value, but of the greatest step it is
    // the last one from now on.
    void correct(std::int64_t step, double value);
    // Fewer from now on: many series share what one pod may hold.
    void shrink(std::size_t points_max);

    std::int64_t count() const { return count_; }
    std::size_t points() const { return every_.size(); }
    records::pod::ObservedMetric summary() const; // without points
    records::pod::ObservedMetric whole() const;

  private:
    struct Point {
        std::int64_t step = 0;
        double value = 0;
        std::int64_t index = 0; // of all values, from 0
    };
    struct Extremes {
        Point least, greatest;
    };
    void thin();
    void settle(const Point& point);
    Extremes extremes() const;
    static void widen(Extremes& extremes, const Point& point);

    std::size_t points_max_;
    std::int64_t count_ = 0;
    std::int64_t stride_ = 1;
    std::vector<Point> every_; // of index 0, stride, 2 * stride ...
    Point newest_;
    Point highest_step_;              // what MLflow calls the latest value; it may be corrected
    std::optional<Extremes> settled_; // of all others, which no more comes again
};

} // namespace pedigree::trackers

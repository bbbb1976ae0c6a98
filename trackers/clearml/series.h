#pragma once
// Series: one metric of a task, by its step (ClearML's `iter`). ClearML's server keeps one value
// for each step, the newest; so a step that comes again (a script that goes on from a checkpoint)
// is no further value here either: it is counted as `repeated`, and corrects the last value if it
// is of the last step. Steps are remembered as spans, at most clearml_step_spans_max: beyond, the
// first two become one, and a step between them counts as seen. A value type; one thread.

#include <cstdint>
#include <vector>

#include "trackers/metric_series.h"

namespace pedigree::trackers::clearml {

class Series {
  public:
    explicit Series(std::size_t points_max) : values_(points_max) {}

    void add(std::int64_t step, double value);
    void shrink(std::size_t points_max) { values_.shrink(points_max); }

    std::size_t points() const { return values_.points(); }
    std::int64_t repeated() const { return repeated_; }
    std::int64_t not_finite() const { return not_finite_; }
    records::pod::ObservedMetric summary() const { return values_.summary(); } // without points
    records::pod::ObservedMetric whole() const { return values_.whole(); }

  private:
    struct Span {
        std::int64_t first = 0;
        std::int64_t last = 0;
    };
    bool seen_or_add(std::int64_t step);

    MetricSeries values_;
    std::vector<Span> spans_; // in order, apart by at least 2
    std::int64_t repeated_ = 0;
    std::int64_t not_finite_ = 0;
};

} // namespace pedigree::trackers::clearml

#include "trackers/clearml/series.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {

using records::pod::ObservedMetric;

void Series::add(std::int64_t step, double value) {
    const bool is_last = spans_.empty() || step >= spans_.back().last;
    not_finite_ += std::isfinite(value) ? 0 : 1;
    if (!seen_or_add(step)) {
        values_.add(step, value);
        if (is_last) {
            last_again_.reset();
        }
        return;
    }
    ++repeated_;
    if (is_last) {
        last_again_ = value;
    }
    if (std::isfinite(value)) {
        least_again_ = std::min(value, least_again_.value_or(value));
        greatest_again_ = std::max(value, greatest_again_.value_or(value));
    }
}

bool Series::seen_or_add(std::int64_t step) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto next = std::find_if(spans_.begin(), spans_.end(),
                                   [&](const Span& span) { return span.last >= step; });
    if (next != spans_.end() && next->first <= step) {
        return true;
    }
    const bool joins_before = next != spans_.begin() && (next - 1)->last == step - 1;
    const bool joins_next = next != spans_.end() && step != most && next->first == step + 1;
    if (joins_before && joins_next) {
        (next - 1)->last = next->last;
        spans_.erase(next);
    } else if (joins_before) {
        (next - 1)->last = step;
    } else if (joins_next) {
        next->first = step;
    } else {
        spans_.insert(next, {step, step});
    }
    if (spans_.size() > clearml_step_spans_max) {
        spans_[1].first = spans_[0].first;
        spans_.erase(spans_.begin());
    }
    return false;
}

ObservedMetric Series::corrected(ObservedMetric metric) const {
    if (last_again_) {
        metric.last = MetricValue(*last_again_);
        if (!metric.points.empty() && metric.points.back().step == metric.last_step) {
            metric.points.back().value = metric.last;
        }
    }
    // A comparison with what is not finite is false, or says so rightly.
    if (least_again_ && !(metric.min.number() <= *least_again_)) {
        metric.min = MetricValue(*least_again_);
    }
    if (greatest_again_ && !(metric.max.number() >= *greatest_again_)) {
        metric.max = MetricValue(*greatest_again_);
    }
    return metric;
}

ObservedMetric Series::summary() const {
    return corrected(values_.summary());
}

ObservedMetric Series::whole() const {
    return corrected(values_.whole());
}

} // namespace pedigree::trackers::clearml

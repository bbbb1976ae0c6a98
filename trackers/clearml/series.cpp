#include "trackers/clearml/series.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {

void Series::add(std::int64_t step, double value) {
    not_finite_ += std::isfinite(value) ? 0 : 1;
    if (seen_or_add(step)) {
        ++repeated_;
        values_.correct(step, value);
    } else {
        values_.add(step, value);
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

} // namespace pedigree::trackers::clearml

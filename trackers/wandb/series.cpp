#include "trackers/wandb/series.h"

#include <cmath>

namespace pedigree::trackers::wandb {

void Series::add(Point point, Step step) {
    const bool inside = count > 0 && point.step >= first.step && point.step <= last.step;
    if (step == Step::Known && inside) {
        ++repeated;
    } else {
        ++count;
    }
    const bool only = count == 1 && repeated == 0;
    if (only || point.step < first.step) {
        first = point;
    }
    if (only || point.step >= last.step) {
        last = point;
    }
    if (!std::isfinite(point.value)) {
        ++not_finite;
        return;
    }
    if (finite_ == 0 || point.value < least.value) {
        least = point;
    }
    if (finite_ == 0 || point.value > greatest.value) {
        greatest = point;
    }
    ++finite_;
}

} // namespace pedigree::trackers::wandb

#pragma once
// What is kept of a metric: of each key of a run the first and the last value, the least and the
// greatest, and how many. Steps are W&B's `_step`. A value that is not finite counts, and is first
// or last like another, but is never the least or the greatest. Pure.
//
// A step that comes again (a script that goes on from a checkpoint, a second writer of the same
// run) is no further value: it corrects the last one if it is of the last step, may widen least and
// greatest, and is counted as `repeated`.

#include <cstdint>

namespace pedigree::trackers::wandb {

struct Point {
    std::int64_t step = 0;
    double value = 0;
};

enum class Step {
    New,   // no row of this run had it before
    Known, // some row had it, perhaps without this key
};

struct Series {
    std::int64_t count = 0;
    std::int64_t repeated = 0;
    std::int64_t not_finite = 0;
    Point first;
    Point last;
    Point least; // both only if count exceeds not_finite
    Point greatest;

    bool has_finite() const { return finite_ > 0; }
    void add(Point point, Step step);

  private:
    std::int64_t finite_ = 0;
};

} // namespace pedigree::trackers::wandb

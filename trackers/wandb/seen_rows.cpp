#include "trackers/wandb/seen_rows.h"

#include <bit>
#include <iterator>
#include <limits>

#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): each input bit reaches each output bit.
std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

std::uint64_t mark_of(std::int64_t step, double timestamp) {
    return mixed(mixed(static_cast<std::uint64_t>(step) + 0x9e3779b97f4a7c15U) ^
                 std::bit_cast<std::uint64_t>(timestamp));
}

} // namespace

bool Spans::contains(std::int64_t number) const {
    auto after = spans_.upper_bound(number);
    return after != spans_.begin() && std::prev(after)->second >= number;
}

void Spans::add(std::int64_t number) {
    if (contains(number)) {
        return;
    }
    std::int64_t first = number;
    std::int64_t last = number;
    auto after = spans_.upper_bound(number);
    if (after != spans_.begin() && std::prev(after)->second == number - 1) {
        first = std::prev(after)->first;
    }
    if (after != spans_.end() && after->first - 1 == number) {
        last = after->second;
        spans_.erase(after);
    }
    spans_[first] = last;
    if (spans_.size() > wandb_step_spans_max) {
        const auto front = spans_.begin();
        front->second = std::next(front)->second;
        spans_.erase(std::next(front));
    }
}

bool SeenRows::seen_or_add(std::int64_t step, double timestamp) {
    const std::uint64_t mark = mark_of(step, timestamp);
    if (newer_.contains(mark) || older_.contains(mark) || (forgotten_ && steps_.contains(step))) {
        return true;
    }
    if (newer_.size() >= wandb_marks_max / 2) {
        forgotten_ = forgotten_ || !older_.empty();
        older_ = std::move(newer_);
        newer_ = {};
    }
    newer_.insert(mark);
    steps_.add(step);
    return false;
}

Step SeenRows::step(std::int64_t step) const {
    return steps_.contains(step) ? Step::Known : Step::New;
}

void SeenRows::forget_marks() {
    forgotten_ = true;
    newer_ = {};
    older_ = {};
}

} // namespace pedigree::trackers::wandb

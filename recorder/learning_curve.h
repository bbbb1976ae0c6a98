#pragma once
// LearningCurve: the values of a search's objective in the order in which the script logged them,
// whatever runs it logged them to. Early stopping judges by it while the script runs. At most
// objective_points_max points are kept: when there are more, every second one goes, and from then
// on only every stride-th value stays; the newest is always there. What is kept depends on the
// values alone, not on when they came. Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "records/pod/bundle.h"

namespace pedigree::recorder {

struct LearningCurve {
    std::vector<records::pod::ObjectivePoint> points;
    std::int64_t values_seen = 0;
    std::int64_t stride = 1;

    // Steps only rise: one that is not above the last, as in a script that logs without steps,
    // becomes the one after the last.
    void add(std::int64_t step, MetricValue value);
};

// [[step, "value"], ...], as notes and news have it; what has another form is left out.
Json points_json(const std::vector<records::pod::ObjectivePoint>& points);
std::vector<records::pod::ObjectivePoint> points_from(const Json& list);

Json curve_note(const LearningCurve& curve);
LearningCurve curve_from(const Json& note);

} // namespace pedigree::recorder

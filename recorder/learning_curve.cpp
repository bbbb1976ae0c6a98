#include "recorder/learning_curve.h"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

namespace pedigree::recorder {
namespace {

using records::pod::objective_points_max;
using records::pod::ObjectivePoint;

constexpr std::int64_t step_max = std::numeric_limits<std::int64_t>::max();

std::int64_t step_after(std::int64_t last, std::int64_t step) {
    return std::max(step, last < step_max ? last + 1 : last);
}

// The newest, at an even place, stays.
static_assert(objective_points_max % 2 == 0);
void drop_every_second(std::vector<ObjectivePoint>& points) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < points.size(); i += 2) {
        points[kept++] = points[i];
    }
    points.resize(kept);
}

} // namespace

void LearningCurve::add(std::int64_t step, MetricValue value) {
    if (!points.empty()) {
        step = step_after(points.back().step, step);
        const bool stood_there_as_the_newest_only = (values_seen - 1) % stride != 0;
        if (stood_there_as_the_newest_only) {
            points.pop_back();
        }
    }
    points.push_back({step, value});
    ++values_seen;
    if (points.size() > objective_points_max) {
        drop_every_second(points);
        stride *= 2;
    }
}

Json points_json(const std::vector<ObjectivePoint>& points) {
    Json list = Json::array();
    for (const ObjectivePoint& point : points) {
        list.push_back({point.step, point.value.text()});
    }
    return list;
}

std::vector<ObjectivePoint> points_from(const Json& list) {
    std::vector<ObjectivePoint> points;
    for (const Json& point : list) {
        if (point.is_array() && point.size() == 2 && point[0].is_number_integer() &&
            point[1].is_string()) {
            if (const MetricValue value = MetricValue::from(point[1]); !value.empty()) {
                points.push_back({point[0].get<std::int64_t>(), value});
            }
        }
    }
    return points;
}

Json curve_note(const LearningCurve& curve) {
    return {{"note", "curve"},
            {"points", points_json(curve.points)},
            {"seen", curve.values_seen},
            {"stride", curve.stride}};
}

LearningCurve curve_from(const Json& note) {
    return {points_from(at_path(note, {"points"})), integer_or(note, "seen"),
            std::max<std::int64_t>(1, integer_or(note, "stride"))};
}

} // namespace pedigree::recorder

#include "pipeline/search/earlier.h"

#include <algorithm>

#include "pipeline/search/model/earlier_points.h"

namespace pedigree::search {
namespace {

std::optional<double> position_of(std::size_t dimension, const Parameters& given,
                                  const Encoding& encoding, const Study& study) {
    const std::string& name = study.space.dimensions[dimension].name;
    if (const auto found = given.find(name); found != given.end()) {
        return encoding.position(dimension, found->second);
    }
    if (encoding.levels(dimension) == 1) {
        return 0;
    }
    const auto first = study.first.find(name);
    return first == study.first.end() ? std::nullopt : encoding.position(dimension, first->second);
}

std::optional<Point> point_of(const Parameters& given, const Encoding& encoding,
                              const Study& study) {
    Point point(encoding.size(), absent);
    for (const std::size_t i : encoding.order()) {
        if (!encoding.is_active(i, point)) {
            continue;
        }
        const auto position = position_of(i, given, encoding, study);
        if (!position) {
            return std::nullopt;
        }
        point[i] = *position;
    }
    return point;
}

} // namespace

EarlierStudy earlier_study(const Trials& trials) {
    EarlierStudy study;
    for (const std::int64_t number : trials.ended()) {
        const Trial& trial = *trials.find(number);
        const bool failed = trial.state == TrialState::Failed;
        study.trials.push_back(
            {trial.parameters, failed ? std::nullopt : std::optional(trial.value)});
    }
    return study;
}

EarlierPoints points_of(const EarlierStudy& earlier, const Encoding& encoding, const Study& study) {
    const double sign = study.objective.goal == Goal::Maximize ? -1 : 1;
    EarlierPoints result;
    std::vector<Point> failed;
    for (const EarlierTrial& trial : earlier.trials) {
        auto point = point_of(trial.parameters, encoding, study);
        if (point && trial.value) {
            result.points.push_back(*std::move(point));
            result.losses.push_back(sign * *trial.value);
        } else if (point) {
            failed.push_back(*std::move(point));
        }
    }
    if (!result.losses.empty()) {
        const double worst = *std::max_element(result.losses.begin(), result.losses.end());
        result.points.insert(result.points.end(), failed.begin(), failed.end());
        result.losses.insert(result.losses.end(), failed.size(), worst);
    }
    return result;
}

} // namespace pedigree::search

#include "pipeline/search/model/forecast.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "pipeline/search/document/event_json.h"
#include "pipeline/search/model/proposer.h"
#include "pipeline/search/model/surrogate.h"

namespace pedigree::search {
namespace {

Status not_in_space(std::string message) {
    return failure(ErrorCode::InvalidInput, std::move(message));
}

// What Encoding::encode() and is_allowed() refuse, in words.
Result<Point> point_at(const Domain& domain, const Parameters& parameters) {
    const Encoding& encoding = domain.encoding;
    Point point(encoding.size(), absent);
    for (const std::size_t i : encoding.order()) {
        const std::string& name = domain.study.space.dimensions[i].name;
        const auto given = parameters.find(name);
        const bool is_given = given != parameters.end();
        const bool is_active = encoding.is_active(i, point);
        if (is_active && !is_given) {
            TRY(not_in_space(fmt::format("parameter \"{}\" is missing", name)));
        }
        if (is_given && !is_active) {
            TRY(not_in_space(
                fmt::format("parameter \"{}\" has no value here: its `when` does not hold", name)));
        }
        if (is_given) {
            const auto position = encoding.position(i, given->second);
            if (!position) {
                TRY(not_in_space(fmt::format("parameter \"{}\" cannot be {}", name,
                                             json_text(to_json(parameters)[name]))));
            }
            point[i] = *position;
        }
    }
    for (const auto& [name, value] : parameters) {
        const auto& all = domain.study.space.dimensions;
        if (std::none_of(all.begin(), all.end(),
                         [&](const auto& each) { return each.name == name; })) {
            TRY(not_in_space(fmt::format("the space has no parameter \"{}\"", name)));
        }
    }
    if (!encoding.is_allowed(point)) {
        TRY(not_in_space("the space's constraints forbid this combination"));
    }
    return point;
}

} // namespace

Result<Forecast> forecast(const Domain& domain, const Observations& observations,
                          const Parameters& parameters) {
    constexpr std::ptrdiff_t losses_min = 2;
    TRY(const Point point, point_at(domain, parameters));
    if (std::count_if(observations.all.begin(), observations.all.end(),
                      [](const Observation& each) { return each.has_loss(); }) < losses_min) {
        return failure(ErrorCode::Conflict, "a prediction needs two trials with a value");
    }
    const Features features(domain.encoding);
    const EarlierModels earlier(features, domain.earlier);
    Memory memory;
    const Surrogate surrogate(features, earlier, observations, memory);
    const TargetUnits units = surrogate.units();
    const Prediction target = surrogate.score({point}).front().prediction;
    const double loss = units.centre + units.scale * target.mean;
    return Forecast{.mean = domain.study.objective.goal == Goal::Maximize ? -loss : loss,
                    .deviation = units.scale * target.deviation,
                    .noise = units.scale * std::sqrt(surrogate.kernel().noise),
                    .failure = surrogate.failure_chances({point}).front()};
}

} // namespace pedigree::search

#include "pipeline/search/sample/encoding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "pipeline/search/sample/distribution.h"
#include "pipeline/search/scale.h"

namespace pedigree::search {
namespace {

bool is_numeric(const Dimension& dimension) {
    return dimension.type == DimensionType::Float || dimension.type == DimensionType::Int;
}

Range range_of(const Dimension& dimension) {
    return {dimension.minimum, dimension.maximum};
}

std::int64_t levels_of(const Dimension& dimension) {
    if (!is_numeric(dimension)) {
        return static_cast<std::int64_t>(dimension.values.size());
    }
    if (dimension.step <= 0) {
        return 0;
    }
    // The tolerance lets 0.1 fit ten times into 1.
    const double steps = (dimension.maximum - dimension.minimum) / dimension.step;
    return static_cast<std::int64_t>(std::floor(steps * (1 + 1e-12) + 1e-9)) + 1;
}

double level_value(const Dimension& dimension, double level) {
    return std::min(dimension.minimum + level * dimension.step, dimension.maximum);
}

// So many decimals of a double are worth writing; a number with more was no decimal to begin with.
constexpr int decimals_max = 15;

// Of the shortest text that reads back as this number; decimals_max + 1 if it has more.
int decimals_of(double number) {
    std::array<char, 32> text{};
    const auto written =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (written.ec != std::errc()) {
        return decimals_max + 1;
    }
    const char* const point = std::find(text.data(), written.ptr, '.');
    return point == written.ptr ? 0 : static_cast<int>(written.ptr - point) - 1;
}

// A level as people write it, look it up and compare it: with no more decimals than its bounds and
// step have. Three steps of 0.1 are 0.3; the sum is 0.30000000000000004.
double written_level(const Dimension& dimension, double level) {
    const double sum = level_value(dimension, level);
    const int decimals = std::max(decimals_of(dimension.minimum), decimals_of(dimension.step));
    if (sum == dimension.maximum || decimals > decimals_max) {
        return sum;
    }
    std::array<char, 64> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), sum,
                                       std::chars_format::fixed, decimals);
    double rounded = sum;
    if (written.ec == std::errc()) {
        std::from_chars(text.data(), written.ptr, rounded);
    }
    return std::min(rounded, dimension.maximum) + 0.0; // -0 is written 0
}

// The range from which values are drawn and rounded to a level: half a step more on each side, so
// that the first and the last level are as likely as the others.
Range drawn_range(const Dimension& dimension) {
    const double half = dimension.step / 2;
    double low = dimension.minimum - half;
    double high = dimension.maximum + half;
    if (dimension.scale != Scale::Linear) {
        low = std::max(low, dimension.minimum / 2);
    }
    if (dimension.scale == Scale::Logit) {
        high = std::min(high, (1 + dimension.maximum) / 2);
    }
    return {low, high};
}

double drawn_value(const Dimension& dimension, double uniform) {
    const Range range = drawn_range(dimension);
    const Prior& prior = dimension.prior;
    switch (prior.type) {
    case PriorType::Uniform:
        return from_unit(dimension.scale, range, uniform);
    case PriorType::Normal:
        return truncated_normal_quantile(
            uniform, {prior.mean, prior.deviation, range.minimum, range.maximum});
    case PriorType::LogNormal: {
        const double low = range.minimum > 0 ? std::log(range.minimum) : -INFINITY;
        return std::exp(truncated_normal_quantile(
            uniform, {prior.mean, prior.deviation, low, std::log(range.maximum)}));
    }
    case PriorType::Beta:
        return range.minimum +
               beta_quantile(uniform, prior.alpha, prior.beta) * (range.maximum - range.minimum);
    }
    return dimension.minimum;
}

std::vector<double> shares_of(const std::vector<double>& weights) {
    std::vector<double> shares;
    double sum = 0;
    for (const double weight : weights) {
        shares.push_back(sum += weight);
    }
    for (double& share : shares) {
        share /= sum;
    }
    return shares;
}

} // namespace

Encoding::Encoding(const Space& space) : space_(space) {
    for (const Dimension& dimension : space.dimensions) {
        const bool ordered =
            is_numeric(dimension) || dimension.type == DimensionType::Discrete || dimension.ordered;
        axes_.push_back(
            {&dimension, levels_of(dimension), ordered, shares_of(dimension.weights), {}});
    }
    for (Axis& axis : axes_) {
        for (const Condition& condition : axis.dimension->when) {
            axis.when.push_back(choice(condition.parameter, condition.values));
        }
    }
    for (const Combination& combination : space.forbidden) {
        std::vector<Choice>& choices = forbidden_.emplace_back();
        for (const auto& [name, values] : combination) {
            choices.push_back(choice(name, values));
        }
    }
    for (const LinearConstraint& constraint : space.linear) {
        auto& coefficients = coefficients_.emplace_back();
        for (const auto& [name, coefficient] : constraint.coefficients) {
            coefficients.emplace_back(index_of(name), coefficient);
        }
    }
    sort_axes();
}

std::size_t Encoding::index_of(const std::string& name) const {
    const auto found = std::find_if(axes_.begin(), axes_.end(),
                                    [&](const Axis& axis) { return axis.dimension->name == name; });
    return static_cast<std::size_t>(found - axes_.begin());
}

Encoding::Choice Encoding::choice(const std::string& name,
                                  const std::vector<ParameterValue>& values) const {
    Choice result{index_of(name), {}};
    for (const ParameterValue& each : values) {
        if (const auto at = position(result.dimension, each)) {
            result.positions.insert(*at);
        }
    }
    return result;
}

// Each round takes the dimensions whose conditions look only at taken ones.
void Encoding::sort_axes() {
    std::vector<bool> taken(axes_.size(), false);
    for (std::size_t before = axes_.size() + 1; order_.size() != before;) {
        before = order_.size();
        for (std::size_t i = 0; i < axes_.size(); ++i) {
            const auto& when = axes_[i].when;
            if (!taken[i] && std::all_of(when.begin(), when.end(),
                                         [&](const Choice& c) { return taken[c.dimension]; })) {
                taken[i] = true;
                order_.push_back(i);
            }
        }
    }
}

double Encoding::unit(std::size_t dimension, double position) const {
    const Axis& axis = axes_[dimension];
    if (axis.levels == 0) {
        return position;
    }
    if (axis.levels == 1) {
        return 0.5;
    }
    if (is_numeric(*axis.dimension)) {
        return to_unit(axis.dimension->scale, range_of(*axis.dimension),
                       level_value(*axis.dimension, position));
    }
    return position / static_cast<double>(axis.levels - 1);
}

double Encoding::nearest(std::size_t dimension, double unit) const {
    const Axis& axis = axes_[dimension];
    if (axis.levels == 0) {
        return unit;
    }
    const auto last = static_cast<double>(axis.levels - 1);
    if (!is_numeric(*axis.dimension)) {
        return std::round(unit * last);
    }
    const double number = from_unit(axis.dimension->scale, range_of(*axis.dimension), unit);
    return std::clamp(std::round((number - axis.dimension->minimum) / axis.dimension->step), 0.0,
                      last);
}

ParameterValue Encoding::value(std::size_t dimension, double position) const {
    const Axis& axis = axes_[dimension];
    if (!is_numeric(*axis.dimension)) {
        return axis.dimension->values[static_cast<std::size_t>(position)];
    }
    const double number =
        axis.levels == 0 ? from_unit(axis.dimension->scale, range_of(*axis.dimension), position)
                         : written_level(*axis.dimension, position);
    if (axis.dimension->type == DimensionType::Int) {
        return static_cast<std::int64_t>(std::llround(number));
    }
    return number;
}

std::optional<double> Encoding::position(std::size_t dimension, const ParameterValue& value) const {
    const Axis& axis = axes_[dimension];
    if (!is_numeric(*axis.dimension)) {
        const auto& values = axis.dimension->values;
        const auto found = std::find_if(values.begin(), values.end(),
                                        [&](const auto& each) { return same_value(each, value); });
        return found == values.end()
                   ? std::nullopt
                   : std::optional<double>(static_cast<double>(found - values.begin()));
    }
    const auto number = number_of(value);
    const Range range = range_of(*axis.dimension);
    const double slack = 1e-9 * (range.maximum - range.minimum);
    if (!number || *number < range.minimum - slack || *number > range.maximum + slack) {
        return std::nullopt;
    }
    const double inside = std::clamp(*number, range.minimum, range.maximum);
    if (axis.levels == 0) {
        return std::clamp(to_unit(axis.dimension->scale, range, inside), 0.0, 1.0);
    }
    const double level = (inside - range.minimum) / axis.dimension->step;
    const double nearest = std::min(std::round(level), static_cast<double>(axis.levels - 1));
    constexpr double off_grid_max = 1e-6;
    return std::abs(level - nearest) <= off_grid_max ? std::optional<double>(nearest)
                                                     : std::nullopt;
}

std::optional<Point> Encoding::encode(const Parameters& parameters) const {
    Point point(axes_.size(), absent);
    std::size_t known = 0;
    for (const std::size_t i : order_) {
        const auto found = parameters.find(axes_[i].dimension->name);
        if ((found != parameters.end()) != is_active(i, point)) {
            return std::nullopt;
        }
        if (found == parameters.end()) {
            continue;
        }
        const auto at = position(i, found->second);
        if (!at) {
            return std::nullopt;
        }
        point[i] = *at;
        ++known;
    }
    return known == parameters.size() ? std::optional<Point>(std::move(point)) : std::nullopt;
}

Parameters Encoding::decode(const Point& point) const {
    Parameters parameters;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        if (point[i] != absent) {
            parameters.emplace(axes_[i].dimension->name, value(i, point[i]));
        }
    }
    return parameters;
}

double Encoding::draw(std::size_t dimension, double uniform) const {
    const Axis& axis = axes_[dimension];
    if (!is_numeric(*axis.dimension)) {
        if (axis.shares.empty()) {
            return std::floor(uniform * static_cast<double>(axis.levels));
        }
        const auto at = std::upper_bound(axis.shares.begin(), axis.shares.end() - 1, uniform);
        return static_cast<double>(at - axis.shares.begin());
    }
    const double number = drawn_value(*axis.dimension, uniform);
    const Range range = range_of(*axis.dimension);
    if (axis.levels == 0) {
        return std::clamp(to_unit(axis.dimension->scale, range, number), 0.0, 1.0);
    }
    return std::clamp(std::round((number - range.minimum) / axis.dimension->step), 0.0,
                      static_cast<double>(axis.levels - 1));
}

Point Encoding::draw(std::span<const double> uniforms) const {
    Point point(axes_.size(), absent);
    for (const std::size_t i : order_) {
        if (is_active(i, point)) {
            point[i] = draw(i, uniforms[i]);
        }
    }
    return point;
}

Point Encoding::draw(Stream& stream) const {
    std::vector<double> uniforms(axes_.size());
    std::generate(uniforms.begin(), uniforms.end(), [&] { return stream.uniform(); });
    return draw(uniforms);
}

void Encoding::settle(Point& point, Stream& stream) const {
    for (const std::size_t i : order_) {
        if (!is_active(i, point)) {
            point[i] = absent;
        } else if (point[i] == absent) {
            point[i] = draw(i, stream.uniform());
        }
    }
}

bool Encoding::is_active(std::size_t dimension, const Point& point) const {
    const auto& when = axes_[dimension].when;
    return std::all_of(when.begin(), when.end(),
                       [&](const Choice& c) { return c.positions.contains(point[c.dimension]); });
}

bool Encoding::is_allowed(const Point& point) const {
    for (const std::vector<Choice>& choices : forbidden_) {
        if (std::all_of(choices.begin(), choices.end(), [&](const Choice& c) {
                return c.positions.contains(point[c.dimension]);
            })) {
            return false;
        }
    }
    for (std::size_t i = 0; i < coefficients_.size(); ++i) {
        double sum = 0;
        bool whole = true;
        for (const auto& [dimension, coefficient] : coefficients_[i]) {
            whole = whole && point[dimension] != absent;
            sum += whole ? coefficient * *number_of(value(dimension, point[dimension])) : 0;
        }
        const LinearConstraint& constraint = space_.linear[i];
        // Sums of decimal fractions may miss their bound by a rounding.
        const double slack = 1e-12 * (1 + std::abs(sum));
        if (whole && (sum < constraint.minimum - slack || sum > constraint.maximum + slack)) {
            return false;
        }
    }
    return true;
}

std::optional<std::vector<Point>> all_points(const Encoding& encoding, std::size_t count_max) {
    std::vector<Point> partial{Point(encoding.size(), absent)};
    for (const std::size_t i : encoding.order()) {
        std::vector<Point> longer;
        for (const Point& point : partial) {
            if (!encoding.is_active(i, point)) {
                longer.push_back(point);
                continue;
            }
            const std::int64_t levels = encoding.levels(i);
            if (levels == 0 || longer.size() + static_cast<std::size_t>(levels) > count_max) {
                return std::nullopt;
            }
            for (std::int64_t level = 0; level < levels; ++level) {
                longer.push_back(point);
                longer.back()[i] = static_cast<double>(level);
            }
        }
        partial = std::move(longer);
    }
    std::erase_if(partial, [&](const Point& point) { return !encoding.is_allowed(point); });
    return partial;
}

} // namespace pedigree::search

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/check.h"
#include "pipeline/spec/syntax.h"

namespace pedigree::search {
namespace {

using spec::FieldErrorType;
using spec::item_path;
using spec::quoted;

constexpr double whole_max = 9007199254740992.0; // 2^53: beyond it doubles are no longer exact

struct Place {
    const std::string& path;
    Errors& errors;

    void invalid(const char* member, std::string code, const Json& value, std::string message,
                 std::string help = "") const {
        errors.push_back({path + "." + member, FieldErrorType::Invalid, std::move(code),
                          quoted(value), std::move(message), std::move(help)});
    }
};

Json json_of(const ParameterValue& value) {
    return std::visit([](const auto& each) { return Json(each); }, value);
}

bool is_whole(double number) {
    return std::trunc(number) == number && std::abs(number) <= whole_max;
}

void check_bounds(const Dimension& dimension, const Place& place) {
    const double minimum = dimension.minimum;
    const double maximum = dimension.maximum;
    if (!std::isfinite(minimum) || !std::isfinite(maximum) || !(minimum < maximum)) {
        place.invalid("min", "E0203", minimum, fmt::format("must be less than max, {}", maximum),
                      minimum == maximum ? "for one value use type Constant" : "");
        return;
    }
    const bool logarithmic = dimension.scale == Scale::Log || dimension.scale == Scale::ReverseLog;
    if (logarithmic && minimum <= 0) {
        place.invalid("min", "E0204", minimum,
                      fmt::format("must be more than 0 with scale {}", to_string(dimension.scale)));
    }
    if (dimension.scale == Scale::Logit && (minimum <= 0 || maximum >= 1)) {
        place.invalid(minimum <= 0 ? "min" : "max", "E0204", minimum <= 0 ? minimum : maximum,
                      "scale Logit lies between 0 and 1, both excluded");
    }
}

void check_step(const Dimension& dimension, const Place& place) {
    const bool is_int = dimension.type == DimensionType::Int;
    if (is_int) {
        for (const auto& [name, number] : {std::pair{"min", dimension.minimum},
                                           {"max", dimension.maximum},
                                           {"step", dimension.step}}) {
            if (!is_whole(number)) {
                place.invalid(name, "E0206", number, "must be a whole number with type Int");
            }
        }
    }
    if (!std::isfinite(dimension.step) || dimension.step < 0 || (is_int && dimension.step == 0)) {
        place.invalid("step", "E0205", dimension.step, "must be more than 0");
        return;
    }
    const double range = dimension.maximum - dimension.minimum;
    if (dimension.step > range && range > 0) {
        place.invalid("step", "E0205", dimension.step,
                      fmt::format("must not be larger than the range, {}", range));
    } else if (dimension.step > 0 && range / dimension.step > whole_max) {
        place.invalid("step", "E0205", dimension.step, "is too small for the range");
    }
}

void check_prior(const Prior& prior, const Place& place) {
    const bool normal = prior.type == PriorType::Normal || prior.type == PriorType::LogNormal;
    if (normal && !std::isfinite(prior.mean)) {
        place.invalid("prior.mean", "E0209", prior.mean, "must be finite");
    }
    if (normal && !(prior.deviation > 0 && std::isfinite(prior.deviation))) {
        place.invalid("prior.deviation", "E0209", prior.deviation, "must be more than 0");
    }
    if (prior.type == PriorType::Beta && !(prior.alpha > 0 && std::isfinite(prior.alpha))) {
        place.invalid("prior.alpha", "E0209", prior.alpha, "must be more than 0");
    }
    if (prior.type == PriorType::Beta && !(prior.beta > 0 && std::isfinite(prior.beta))) {
        place.invalid("prior.beta", "E0209", prior.beta, "must be more than 0");
    }
}

// Numbers of both kinds are one type.
std::size_t type_index(const ParameterValue& value) {
    return number_of(value) ? 1 : value.index();
}

void check_values(const Dimension& dimension, const Place& place) {
    const auto& values = dimension.values;
    if (values.empty()) {
        place.invalid("values", "E0207", Json::array(), "must not be empty");
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string at = item_path("values", i);
        const auto number = number_of(values[i]);
        if (dimension.type == DimensionType::Discrete && !number) {
            place.invalid(at.c_str(), "E0207", json_of(values[i]),
                          "must be a number with type Discrete", "use type Categorical");
        } else if (type_index(values[i]) != type_index(values[0])) {
            place.invalid(at.c_str(), "E0207", json_of(values[i]),
                          "all values must be of one type: numbers, strings or booleans");
        } else if (number && !std::isfinite(*number)) {
            place.invalid(at.c_str(), "E0207", json_of(values[i]), "must be finite");
        }
        for (std::size_t before = 0; before < i; ++before) {
            if (same_value(values[before], values[i])) {
                place.errors.push_back({place.path + "." + at, FieldErrorType::Duplicate, "E0207",
                                        quoted(json_of(values[i])), "", ""});
                break;
            }
        }
    }
}

void check_weights(const Dimension& dimension, const Place& place) {
    const auto& weights = dimension.weights;
    if (weights.empty()) {
        return;
    }
    if (weights.size() != dimension.values.size()) {
        place.invalid("weights", "E0208", weights.size(),
                      fmt::format("must be as many as values, {}", dimension.values.size()));
    }
    double sum = 0;
    for (const double weight : weights) {
        if (!(weight >= 0) || !std::isfinite(weight)) {
            place.invalid("weights", "E0208", weight, "must not be negative");
            return;
        }
        sum += weight;
    }
    if (!(sum > 0) || !std::isfinite(sum)) {
        place.invalid("weights", "E0208", sum, "must add up to more than 0");
    }
}

} // namespace

void check_dimension(const Dimension& dimension, const std::string& path, Errors& errors) {
    const Place place{path, errors};
    if (!spec::is_parameter_name(dimension.name)) {
        place.invalid("name", "E0202", dimension.name,
                      "must begin with a letter and have letters, digits, '_', '-' and '.'");
    }
    if (dimension.type == DimensionType::Float || dimension.type == DimensionType::Int) {
        check_bounds(dimension, place);
        check_step(dimension, place);
        check_prior(dimension.prior, place);
    } else {
        check_values(dimension, place);
        check_weights(dimension, place);
    }
}

} // namespace pedigree::search

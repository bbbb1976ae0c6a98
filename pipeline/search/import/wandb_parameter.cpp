// The distributions of W&B's sweeps. Their values come from a real number x, drawn in the way that
// the name says; those with a q are x / q rounded to a whole number, times q, and integers if q is
// one. Where this leaves [min, max], as 0.3 to 1 with q = 0.2 does (0.2 to 1), so do we.
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "pipeline/search/import/formats.h"

namespace pedigree::search {
namespace {

using spec::child_path;

// A normal distribution has no bounds, a search's range has: 1 draw in 16,000 lies outside these.
constexpr double deviations_kept = 4;

enum class Kind { Uniform, Log, LogValues, InverseLog, Normal, LogNormal, Beta };

struct Distribution {
    std::string_view name; // without its q_
    Kind kind;
};
constexpr std::array<Distribution, 8> distributions{{{"uniform", Kind::Uniform},
                                                     {"log_uniform", Kind::Log},
                                                     {"log_uniform_values", Kind::LogValues},
                                                     {"inv_log_uniform", Kind::InverseLog},
                                                     {"inv_log_uniform_values", Kind::LogValues},
                                                     {"normal", Kind::Normal},
                                                     {"log_normal", Kind::LogNormal},
                                                     {"beta", Kind::Beta}}};

struct Place {
    const std::string& name;
    const Json& parameter;
    const std::string& path;
    Draft& draft;

    double number_or(const char* member, double fallback) const {
        return draft.number_or(parameter, path, member, fallback);
    }
};

void set_bounds(Json& dimension, double minimum, double maximum) {
    dimension["min"] = compact_number(minimum);
    dimension["max"] = compact_number(maximum);
}

// [min, max] as the distribution means them.
void set_range(Kind kind, const Place& place, Json& dimension) {
    const auto minimum = place.draft.number(place.parameter, place.path, "min");
    const auto maximum = place.draft.number(place.parameter, place.path, "max");
    if (!minimum || !maximum) {
        return;
    }
    switch (kind) {
    case Kind::Log: // the bounds are exponents of e
        set_bounds(dimension, std::exp(*minimum), std::exp(*maximum));
        break;
    case Kind::InverseLog: // log(1 / x) lies between the bounds
        set_bounds(dimension, std::exp(-*maximum), std::exp(-*minimum));
        break;
    default: // 1 / x is log-uniform exactly if x is
        set_bounds(dimension, *minimum, *maximum);
        break;
    }
    if (kind != Kind::Uniform) {
        dimension["scale"] = "Log";
    }
}

void set_normal(Kind kind, const Place& place, Json& dimension) {
    const double mean = place.number_or("mu", 0);
    const double deviation = place.number_or("sigma", 1);
    const double low = mean - deviations_kept * deviation;
    const double high = mean + deviations_kept * deviation;
    const bool log = kind == Kind::LogNormal;
    set_bounds(dimension, log ? std::exp(low) : low, log ? std::exp(high) : high);
    dimension["prior"] = {
        {"type", log ? "LogNormal" : "Normal"}, {"mean", mean}, {"deviation", deviation}};
}

void set_beta(const Place& place, Json& dimension) {
    set_bounds(dimension, 0, 1);
    dimension["prior"] = {
        {"type", "Beta"}, {"alpha", place.number_or("a", 1)}, {"beta", place.number_or("b", 1)}};
}

void quantize(const Place& place, Json& dimension) {
    const double q = place.number_or("q", 1);
    if (!(q > 0)) {
        return place.draft.invalid(child_path(place.path, "q"), q, "must be more than 0");
    }
    const auto rounded = [q](const Json& bound) {
        return std::nearbyint(bound.get<double>() / q) * q;
    };
    const double minimum = rounded(dimension["min"]);
    if (minimum <= 0 && dimension.contains("scale")) {
        return place.draft.invalid(
            child_path(place.path, "q"), q,
            "the smallest values round to 0, which a logarithmic scale has not; raise min");
    }
    const Json& given = at_path(place.parameter, {"q"});
    dimension["type"] = given.is_number_float() ? "Float" : "Int";
    dimension["step"] = compact_number(q);
    set_bounds(dimension, minimum, rounded(dimension["max"]));
}

// A distribution over real numbers, with or without q_.
void add_continuous(std::string_view word, const Place& place) {
    const bool quantized = word.starts_with("q_");
    const std::string_view stem = word.substr(quantized ? 2 : 0);
    for (const auto& [known, kind] : distributions) {
        if (known != stem || (quantized && known.starts_with("inv_"))) {
            continue;
        }
        Json dimension{{"name", place.name}, {"type", "Float"}};
        if (kind == Kind::Beta) {
            set_beta(place, dimension);
        } else if (kind == Kind::Normal || kind == Kind::LogNormal) {
            set_normal(kind, place, dimension);
        } else {
            set_range(kind, place, dimension);
        }
        if (quantized && dimension.contains("max")) {
            quantize(place, dimension);
        }
        place.draft.document["space"].push_back(std::move(dimension));
        return;
    }
    place.draft.invalid(child_path(place.path, "distribution"), word,
                        "is no distribution of W&B's that a search has");
}

void add_integers(const Place& place) {
    Json dimension{{"name", place.name}, {"type", "Int"}};
    set_range(Kind::Uniform, place, dimension);
    place.draft.document["space"].push_back(std::move(dimension));
}

void add_values(const Place& place) {
    if (!place.parameter.contains("values")) {
        return place.draft.required(child_path(place.path, "values"), "the distribution needs it");
    }
    Json dimension = choice(place.name, place.parameter["values"]);
    if (place.parameter.contains("probabilities")) {
        dimension["weights"] = place.parameter["probabilities"];
    }
    place.draft.document["space"].push_back(std::move(dimension));
}

void add_constant(const Place& place) {
    if (!place.parameter.contains("value")) {
        return place.draft.required(child_path(place.path, "value"), "the distribution needs it");
    }
    place.draft.document["space"].push_back(
        {{"name", place.name}, {"type", "Constant"}, {"value", place.parameter["value"]}});
}

// What W&B takes a parameter without `distribution` for.
std::string implied_distribution(const Json& parameter) {
    if (parameter.contains("value")) {
        return "constant";
    }
    if (parameter.contains("values")) {
        return "categorical";
    }
    const bool integers = at_path(parameter, {"min"}).is_number_integer() &&
                          at_path(parameter, {"max"}).is_number_integer();
    return integers ? "int_uniform" : "uniform";
}

} // namespace

void add_wandb_parameter(const std::string& name, const Json& parameter, const std::string& path,
                         Draft& draft) {
    draft.refuse_unknown(parameter, path,
                         {"distribution", "value", "values", "probabilities", "min", "max", "q",
                          "mu", "sigma", "a", "b"});
    const std::string word = string_or(parameter, "distribution", implied_distribution(parameter));
    const Place place{name, parameter, path, draft};
    if (word == "constant") {
        add_constant(place);
    } else if (word == "categorical" || word == "categorical_w_probabilities") {
        add_values(place);
    } else if (word == "int_uniform") {
        add_integers(place);
    } else {
        add_continuous(word, place);
    }
}

} // namespace pedigree::search

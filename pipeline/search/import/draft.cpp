#include "pipeline/search/import/draft.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace pedigree::search {
namespace {

constexpr double exact_max = 9007199254740992.0; // 2^53

// The whole text as a finite number.
std::optional<double> parse_number(const std::string& text) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, value);
    return problem == std::errc() && rest == end && std::isfinite(value) ? std::optional(value)
                                                                         : std::nullopt;
}

} // namespace

void Draft::invalid(const std::string& path, const Json& value, std::string message) {
    errors.push_back({path, spec::FieldErrorType::Invalid, "E0216", spec::quoted(value),
                      std::move(message), ""});
}

void Draft::required(const std::string& path, std::string message) {
    errors.push_back({path, spec::FieldErrorType::Required, "E0216", "", std::move(message), ""});
}

void Draft::warn(const std::string& path, std::string_view message) {
    warnings.push_back(fmt::format("{}: {}", path, message));
}

void Draft::refuse_unknown(const Json& object, const std::string& path,
                           std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : object.items()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            errors.push_back({spec::child_path(path, name), spec::FieldErrorType::Unknown, "E0216",
                              "", "a search has no equal of it", ""});
        }
    }
}

std::optional<double> Draft::number_in(const Json& value, const std::string& path) {
    if (value.is_number()) {
        return value.get<double>();
    }
    const auto found =
        value.is_string() ? parse_number(value.get<std::string>()) : std::optional<double>();
    if (!found) {
        invalid(path, value, "must be a number");
    }
    return found;
}

std::optional<double> Draft::number(const Json& object, const std::string& path, const char* name) {
    const std::string at = spec::child_path(path, name);
    const Json& value = at_path(object, {name});
    if (value.is_null()) {
        required(at, "needs a number");
        return std::nullopt;
    }
    return number_in(value, at);
}

double Draft::number_or(const Json& object, const std::string& path, const char* name,
                        double fallback) {
    const bool given = object.is_object() && object.contains(name);
    return given ? number(object, path, name).value_or(fallback) : fallback;
}

void Draft::copy_integer(const Json& object, const std::string& path, const char* from,
                         Json& target, const char* to) {
    if (at_path(object, {from}).is_null()) {
        return;
    }
    const auto value = number(object, path, from);
    if (value && (std::trunc(*value) != *value || std::abs(*value) > exact_max)) {
        invalid(spec::child_path(path, from), object[from], "must be a whole number");
    } else if (value) {
        target[to] = compact_number(*value);
    }
}

Json compact_number(double value) {
    const bool whole = std::trunc(value) == value && std::abs(value) <= exact_max;
    return whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

Json choice(const std::string& name, const Json& values) {
    const bool numbers =
        values.is_array() && std::all_of(values.begin(), values.end(),
                                         [](const Json& each) { return each.is_number(); });
    return {{"name", name}, {"type", numbers ? "Discrete" : "Categorical"}, {"values", values}};
}

} // namespace pedigree::search

#include "base/metric_value.h"

#include <charconv>

#include <nlohmann/json.hpp>

namespace pedigree {
namespace {

using Double = std::numeric_limits<double>;

constexpr std::string_view number_begins_with = "-.0123456789";

// from_chars knows words of its own ("inf", "nan(1)"), which nobody writes here.
std::optional<double> finite_number(std::string_view text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool whole = read.ec == std::errc() && read.ptr == end;
    const bool digits = text.find_first_not_of(number_begins_with) != 0 && std::isfinite(number);
    return whole && digits ? std::optional(number) : std::nullopt;
}

} // namespace

Result<MetricValue> MetricValue::parse(std::string_view text) {
    if (text.empty()) {
        return MetricValue();
    }
    if (text == "NaN") {
        return MetricValue(Double::quiet_NaN());
    }
    if (text == "Infinity" || text == "-Infinity") {
        return MetricValue(text.front() == '-' ? -Double::infinity() : Double::infinity());
    }
    if (const auto number = finite_number(text)) {
        return MetricValue(*number);
    }
    return failure(ErrorCode::InvalidInput, "is no number, NaN, Infinity or -Infinity");
}

MetricValue MetricValue::from(const Json& value) {
    if (value.is_number()) {
        return MetricValue(value.get<double>());
    }
    return value.is_string() ? parse(value.get_ref<const std::string&>()).value_or(MetricValue())
                             : MetricValue();
}

std::string MetricValue::text() const {
    return number_ ? canonical_number(*number_) : "";
}

} // namespace pedigree

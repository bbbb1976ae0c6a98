#pragma once
// MetricValue: the number that a script logged as a metric. Documents, rows and journals hold it as
// text, in the form of canonical_number(): RFC 8785's where it is finite, else NaN, Infinity or
// -Infinity, which JSON has no number for and MLflow writes so, too. Text becomes a number here and
// nowhere else, whatever the locale. A value; no thread rules.
//
//     TRY(const MetricValue loss, MetricValue::parse("0.25"));
//     loss.number() < 1;      // true
//     loss.text();            // "0.25"
//     MetricValue().empty();  // true: nothing was logged

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace pedigree {

class MetricValue {
  public:
    MetricValue() = default; // nothing was logged
    explicit MetricValue(double number) : number_(number) {}

    // "" is the empty value. InvalidInput for what is no number: blanks, hexadecimal digits, "nan",
    // a number beyond a double.
    static Result<MetricValue> parse(std::string_view text);
    // A JSON number, or a string that parses; empty for all else, since it comes from others.
    static MetricValue from(const Json& value);

    bool empty() const { return !number_; }
    bool is_finite() const { return number_ && std::isfinite(*number_); }
    // NaN where it is empty: of the two, a comparison with either is false.
    double number() const { return number_.value_or(std::numeric_limits<double>::quiet_NaN()); }
    std::string text() const; // "" where it is empty

    // As texts are equal: NaN is NaN.
    bool operator==(const MetricValue& other) const { return text() == other.text(); }

  private:
    std::optional<double> number_;
};

} // namespace pedigree

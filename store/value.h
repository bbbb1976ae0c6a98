#pragma once
// Parameter: one value bound to $1, $2 ... of a statement. Everything that reaches SQL goes through
// here, so no statement is ever put together from data. Implicit on purpose: a call reads
// `transaction.query("... $1 ... $2", {seq, "name"})`. Values only; no thread rules.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/words.h"

namespace pedigree::store {

// A bytea: kept apart from text, which must be valid UTF-8 without NUL.
struct Bytes {
    std::string value;

    bool operator==(const Bytes&) const = default;
};

// What has a text of its own, both ways (an activity's key, a metric's value).
template <typename Value>
concept Textual = requires(const Value& value, std::string_view text) {
    { value.text() } -> std::same_as<std::string>;
    { Value::parse(text) } -> std::same_as<Result<Value>>;
};

class Parameter {
  public:
    Parameter(std::nullopt_t) {}
    Parameter(std::same_as<bool> auto value) : text_(value ? "t" : "f") {}
    Parameter(std::signed_integral auto value) : text_(std::to_string(value)) {}
    Parameter(double) = delete; // no column of ours is a float: records hold numbers as text
    Parameter(const char* text) : text_(text) {}
    Parameter(std::string_view text) : text_(std::string(text)) {}
    Parameter(std::string text) : text_(std::move(text)) {}
    Parameter(Bytes bytes) : text_(std::move(bytes.value)), binary_(true) {}
    template <Worded Enum>
    Parameter(Enum value) : text_(std::string(to_string(value))) {}
    template <Textual Value>
    Parameter(const Value& value) : text_(value.text()) {}
    Parameter(const Digest& digest);
    Parameter(Instant instant) : text_(to_text(instant)) {}
    Parameter(const Json& document);
    Parameter(const std::vector<std::int64_t>& values);
    Parameter(const std::vector<std::string>& values);
    Parameter(const std::vector<Bytes>& values);
    template <typename T>
    Parameter(const std::optional<T>& value) {
        if (value) {
            *this = Parameter(*value);
        }
    }

    const std::optional<std::string>& text() const { return text_; }
    bool binary() const { return binary_; }

  private:
    std::optional<std::string> text_; // nullopt is NULL
    bool binary_ = false;
};

using Parameters = std::vector<Parameter>;

} // namespace pedigree::store

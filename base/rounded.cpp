#include "base/rounded.h"

#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace pedigree {

namespace {

constexpr int digits_shown = 6;
constexpr int digits_whole = 17; // every double reads back from so many

// Of a number with a fraction or an exponent.
std::optional<double> fraction_in(std::string_view text) {
    if (text.find_first_of(".eE") == std::string_view::npos) {
        return std::nullopt;
    }
    double value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    const bool whole = read.ec == std::errc() && read.ptr == end && std::isfinite(value);
    return whole ? std::optional(value) : std::nullopt;
}

// The text itself if it is not longer.
std::string with_digits(std::string_view text, int digits) {
    const auto value = fraction_in(text);
    std::string shorter = value ? fmt::format("{:.{}g}", *value, digits) : std::string(text);
    return shorter.size() < text.size() ? shorter : std::string(text);
}

bool are_told_apart(const std::vector<std::string>& numbers, int digits) {
    std::map<std::string, std::string_view> meant;
    for (const std::string& number : numbers) {
        const auto [at, is_new] = meant.emplace(with_digits(number, digits), number);
        if (!is_new && at->second != number) {
            return false;
        }
    }
    return true;
}

} // namespace

std::string rounded(std::string_view number) {
    return with_digits(number, digits_shown);
}

std::vector<std::string> rounded_apart(const std::vector<std::string>& numbers) {
    int digits = digits_shown;
    while (digits < digits_whole && !are_told_apart(numbers, digits)) {
        ++digits;
    }
    std::vector<std::string> texts;
    for (const std::string& number : numbers) {
        texts.push_back(with_digits(number, digits));
    }
    return texts;
}

} // namespace pedigree

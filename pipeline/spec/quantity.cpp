#include "pipeline/spec/quantity.h"

#include <array>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace pedigree::spec {
namespace {

constexpr std::int64_t kibi = 1024;
constexpr std::size_t digits_max = 16; // the CRD's maxLength
constexpr std::array<std::pair<std::string_view, std::int64_t>, 11> byte_units = {{
    {"", 1},
    {"k", 1000},
    {"M", 1000'000},
    {"G", 1000'000'000},
    {"T", 1000'000'000'000},
    {"P", 1000'000'000'000'000},
    {"Ki", kibi},
    {"Mi", kibi* kibi},
    {"Gi", kibi* kibi* kibi},
    {"Ti", kibi* kibi* kibi* kibi},
    {"Pi", kibi* kibi* kibi* kibi* kibi},
}};

// The number in thousandths, and what follows it.
struct Number {
    std::int64_t thousandths = 0;
    bool fraction = false;
    std::string_view unit;
};

std::optional<Number> parse_number(std::string_view text) {
    if (text.empty() || text.size() > digits_max) {
        return std::nullopt;
    }
    Number number;
    std::size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
        number.thousandths = number.thousandths * 10 + (text[i] - '0');
    }
    if (i == 0 || number.thousandths > std::numeric_limits<std::int64_t>::max() / 1000) {
        return std::nullopt;
    }
    number.thousandths *= 1000;
    if (i < text.size() && text[i] == '.') {
        number.fraction = true;
        std::int64_t place = 100;
        const std::size_t begin = ++i;
        for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, place /= 10) {
            number.thousandths += (text[i] - '0') * place;
        }
        if (i == begin || i - begin > 3) {
            return std::nullopt;
        }
    }
    number.unit = text.substr(i);
    return number;
}

} // namespace

Result<std::int64_t> parse_millicores(std::string_view text) {
    const auto number = parse_number(text);
    if (number && number->thousandths > 0) {
        if (number->unit.empty()) {
            return number->thousandths;
        }
        if (number->unit == "m" && !number->fraction) {
            return number->thousandths / 1000;
        }
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("\"{}\" is no quantity of cores, such as 2, 1.5 or 500m",
                               text.substr(0, digits_max)));
}

Result<std::int64_t> parse_bytes(std::string_view text) {
    const auto number = parse_number(text);
    if (number && number->thousandths > 0) {
        for (const auto& [unit, factor] : byte_units) {
            if (number->unit != unit) {
                continue;
            }
            const std::int64_t whole = number->thousandths / 1000;
            const std::int64_t part = (number->thousandths % 1000 * factor + 999) / 1000;
            if (whole <= (std::numeric_limits<std::int64_t>::max() - part) / factor) {
                return whole * factor + part;
            }
        }
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("\"{}\" is no quantity of bytes, such as 8G or 8Gi",
                               text.substr(0, digits_max)));
}

std::string bytes_quantity(std::int64_t bytes) {
    static constexpr std::array<std::string_view, 6> units = {"", "Ki", "Mi", "Gi", "Ti", "Pi"};
    std::size_t unit = 0;
    while (bytes != 0 && bytes % kibi == 0 && unit + 1 < units.size()) {
        bytes /= kibi;
        ++unit;
    }
    return fmt::format("{}{}", bytes, units[unit]);
}

} // namespace pedigree::spec

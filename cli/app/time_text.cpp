#include "cli/app/time_text.h"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace pedigree::cli {

namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view name;
    milliseconds length;
};
constexpr std::array units{Unit{"h", std::chrono::hours(1)}, Unit{"m", std::chrono::minutes(1)},
                           Unit{"s", std::chrono::seconds(1)}, Unit{"ms", milliseconds(1)}};

std::optional<std::size_t> unit_index(std::string_view name) {
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (units[i].name == name) {
            return i;
        }
    }
    return std::nullopt;
}

} // namespace

Result<milliseconds> parse_duration(std::string_view text) {
    const auto refused =
        failure(ErrorCode::InvalidInput,
                fmt::format("\"{}\" is no length of time; write it like 90s, 10m or 1h30m", text));
    if (text == "0") {
        return milliseconds(0);
    }
    milliseconds total{0};
    std::size_t next_unit = 0;
    std::string_view rest = text;
    do {
        std::int64_t count = 0;
        const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), count);
        rest.remove_prefix(static_cast<std::size_t>(number.ptr - rest.data()));
        const auto unit = unit_index(rest.substr(0, rest.find_first_of("0123456789")));
        // Days in hours bound the count, so that the product cannot overflow.
        if (number.ec != std::errc() || count < 0 || !unit || *unit < next_unit ||
            count > duration_hours_max / units[*unit].length) {
            return refused;
        }
        total += count * units[*unit].length;
        next_unit = *unit + 1;
        rest.remove_prefix(units[*unit].name.size());
    } while (!rest.empty());
    return total > duration_hours_max ? Result<milliseconds>(refused) : total;
}

std::string age_text(std::chrono::seconds age) {
    const std::int64_t seconds = age.count() < 0 ? 0 : age.count();
    const std::int64_t minutes = seconds / 60;
    const std::int64_t hours = minutes / 60;
    const std::int64_t days = hours / 24;
    const auto pair = [](std::int64_t large, char large_unit, std::int64_t small, char small_unit) {
        return small == 0 ? fmt::format("{}{}", large, large_unit)
                          : fmt::format("{}{}{}{}", large, large_unit, small, small_unit);
    };
    if (seconds < 120) {
        return fmt::format("{}s", seconds);
    }
    if (minutes < 10) {
        return pair(minutes, 'm', seconds % 60, 's');
    }
    if (minutes < 180) {
        return fmt::format("{}m", minutes);
    }
    if (hours < 8) {
        return pair(hours, 'h', minutes % 60, 'm');
    }
    if (hours < 48) {
        return fmt::format("{}h", hours);
    }
    if (days < 8) {
        return pair(days, 'd', hours % 24, 'h');
    }
    if (days < 2 * 365) {
        return fmt::format("{}d", days);
    }
    return pair(days / 365, 'y', days % 365, 'd');
}

} // namespace pedigree::cli

#include "net/http_date.h"

#include <array>
#include <cstdio>

#include <fmt/format.h>

namespace pedigree::net {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

} // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
    using namespace std::chrono;
    unsigned day_number = 0;
    int year_number = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::array<char, 4> month_name{};
    int used = 0;
    const std::string line(text);
    if (std::sscanf(line.c_str(), "%*3s, %2u %3s %4d %2d:%2d:%2d GMT%n", &day_number,
                    month_name.data(), &year_number, &hour, &minute, &second, &used) != 6 ||
        static_cast<std::size_t>(used) != line.size()) {
        return std::nullopt;
    }
    for (unsigned i = 0; i < months.size(); ++i) {
        const year_month_day date{year{year_number}, month{i + 1}, day{day_number}};
        if (months[i] == month_name.data() && date.ok()) {
            return sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
        }
    }
    return std::nullopt;
}

std::string http_date(std::chrono::sys_seconds time) {
    using namespace std::chrono;
    const auto midnight = floor<days>(time);
    const year_month_day date(midnight);
    const hh_mm_ss clock(time - midnight);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                       weekdays[weekday(midnight).c_encoding()], static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

} // namespace pedigree::net

#include "base/clock.h"

#include <fmt/format.h>

namespace pedigree {
namespace {

struct Cursor {
    std::string_view text;
    std::size_t at = 0;

    bool literal(char c) {
        if (at < text.size() && text[at] == c) {
            ++at;
            return true;
        }
        return false;
    }
    bool digits(int count, int& out) {
        out = 0;
        for (int i = 0; i < count; ++i, ++at) {
            if (at >= text.size() || text[at] < '0' || text[at] > '9') {
                return false;
            }
            out = out * 10 + (text[at] - '0');
        }
        return true;
    }
};

} // namespace

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

std::string to_text(Instant instant) {
    using namespace std::chrono;
    const auto day = floor<days>(instant);
    const year_month_day date(day);
    const hh_mm_ss time(instant - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

std::string to_kubernetes_time(Instant instant) {
    return to_text(instant).substr(0, 19) + "Z";
}

Result<Instant> parse_instant(std::string_view text) {
    using namespace std::chrono;
    const auto bad = [&] {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" is not an RFC 3339 time", text.substr(0, 40)));
    };
    Cursor in{text};
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
    if (!in.digits(4, y) || !in.literal('-') || !in.digits(2, mo) || !in.literal('-') ||
        !in.digits(2, d) || !(in.literal('T') || in.literal('t')) || !in.digits(2, h) ||
        !in.literal(':') || !in.digits(2, mi) || !in.literal(':') || !in.digits(2, s)) {
        return bad();
    }
    std::int64_t fraction_us = 0;
    if (in.literal('.')) {
        int seen = 0;
        for (; in.at < text.size() && text[in.at] >= '0' && text[in.at] <= '9'; ++in.at, ++seen) {
            if (seen < 6) {
                fraction_us = fraction_us * 10 + (text[in.at] - '0');
            }
        }
        for (int i = seen; i < 6; ++i) {
            fraction_us *= 10;
        }
        if (seen == 0) {
            return bad();
        }
    }
    minutes offset{0};
    if (!(in.literal('Z') || in.literal('z'))) {
        const bool east = in.literal('+');
        if (!east && !in.literal('-')) {
            return bad();
        }
        int oh = 0, om = 0;
        if (!in.digits(2, oh) || !in.literal(':') || !in.digits(2, om)) {
            return bad();
        }
        offset = minutes((oh * 60 + om) * (east ? 1 : -1));
    }
    const year_month_day date{year(y), month(static_cast<unsigned>(mo)),
                              day(static_cast<unsigned>(d))};
    if (in.at != text.size() || !date.ok() || h > 23 || mi > 59 || s > 60) {
        return bad();
    }
    return Instant(sys_days(date).time_since_epoch() + hours(h) + minutes(mi) + seconds(s) -
                   offset + microseconds(fraction_us));
}

} // namespace pedigree

#include "cli/metrics/plot.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/rounded.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t marks_columns_min = 8;

struct Scale {
    double low = 0, high = 0;   // values
    double first = 0, last = 0; // steps; as numbers, since their difference may be beyond 64 bits
};

std::optional<Scale> scale_of(const std::vector<SeriesPoint>& points) {
    std::optional<Scale> scale;
    for (const SeriesPoint& point : points) {
        if (!point.value.is_finite()) {
            continue;
        }
        const double value = point.value.number();
        const auto step = static_cast<double>(point.step);
        if (!scale) {
            scale = Scale{value, value, step, step};
        }
        scale->low = std::min(scale->low, value);
        scale->high = std::max(scale->high, value);
        scale->first = std::min(scale->first, step);
        scale->last = std::max(scale->last, step);
    }
    return scale && scale->first < scale->last ? scale : std::nullopt;
}

// Where it stands among so many places. Halves first: the span of two finite numbers may be none.
std::size_t place_of(double value, double low, double high, std::size_t places) {
    const double span = high / 2 - low / 2;
    const double part = span > 0 ? (value / 2 - low / 2) / span : 0.5;
    return static_cast<std::size_t>(std::lround(part * static_cast<double>(places - 1)));
}

std::string label_of_number(double number) {
    return rounded(MetricValue(number).text());
}

} // namespace

std::string plot_text(const std::vector<SeriesPoint>& points, const PlotShape& shape) {
    const auto scale = scale_of(points);
    if (!scale || shape.rows < 2) {
        return "";
    }
    const std::string high = label_of_number(scale->high), low = label_of_number(scale->low);
    const std::size_t left = std::max(high.size(), low.size());
    const std::string first = label_of_number(scale->first), last = label_of_number(scale->last);
    const std::size_t frame = left + 2; // the labels, a blank and the axis
    if (shape.columns < frame + std::max(marks_columns_min, first.size() + last.size() + 1)) {
        return "";
    }
    const std::size_t width = shape.columns - frame;
    std::vector<std::vector<bool>> marks(shape.rows, std::vector<bool>(width));
    for (const SeriesPoint& point : points) {
        if (point.value.is_finite()) {
            const std::size_t row =
                place_of(point.value.number(), scale->low, scale->high, shape.rows);
            marks[shape.rows - 1 - row][place_of(static_cast<double>(point.step), scale->first,
                                                 scale->last, width)] = true;
        }
    }
    std::string text;
    for (std::size_t row = 0; row < shape.rows; ++row) {
        const std::string& label = row == 0 ? high : (row + 1 == shape.rows ? low : "");
        std::string line = fmt::format("{:>{}} {}", label, left, shape.unicode ? "\u2502" : "|");
        for (const bool mark : marks[row]) {
            line += !mark ? " " : (shape.unicode ? "\u2022" : "*");
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    text += fmt::format("{:>{}} {}", "", left, shape.unicode ? "\u2514" : "+");
    for (std::size_t i = 0; i < width; ++i) {
        text += shape.unicode ? "\u2500" : "-";
    }
    return text + fmt::format("\n{:>{}}{}{:>{}}\n", "", frame, first, last, width - first.size());
}

} // namespace pedigree::cli

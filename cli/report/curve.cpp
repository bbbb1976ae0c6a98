#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/rounded.h"
#include "cli/report/page.h"

namespace pedigree::cli {

namespace {

// In pixels of the drawing's own scale.
constexpr double width = 640, height = 240, left = 90, right = 20, top = 20, bottom = 40;

struct Scale {
    double low = 0, high = 1; // of what is drawn
    std::int64_t first = 1, last = 1;

    double x(std::int64_t number) const {
        const double span = static_cast<double>(std::max<std::int64_t>(last - first, 1));
        return left + static_cast<double>(number - first) / span * (width - left - right);
    }
    double y(double value) const {
        // Halves first: the span of two finite numbers may be none.
        const double span = high / 2 - low / 2;
        const double part = span > 0 ? (value / 2 - low / 2) / span : 0.5;
        return height - bottom - part * (height - top - bottom);
    }
};

bool is_drawn(const std::optional<double>& value) {
    return value && std::isfinite(*value);
}

std::optional<Scale> scale_of(const Curve& curve) {
    std::optional<Scale> scale;
    for (const auto& [number, value] : curve.points) {
        if (!is_drawn(value)) {
            continue;
        }
        if (!scale) {
            scale = Scale{*value, *value, number, number};
        }
        scale->low = std::min(scale->low, *value);
        scale->high = std::max(scale->high, *value);
    }
    if (scale) {
        scale->first = std::min(scale->first, curve.points.front().first);
        scale->last = std::max(scale->last, curve.points.back().first);
    }
    return scale;
}

std::string label(double x, double y, std::string_view anchor, const std::string& text) {
    return fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"12\" text-anchor=\"{}\">{}</text>\n", x, y,
        anchor, html_escaped(text));
}

std::string best_line(const Curve& curve, const Scale& scale) {
    std::string points;
    std::optional<double> best;
    for (const auto& [number, value] : curve.points) {
        if (!is_drawn(value)) {
            continue;
        }
        if (best) { // as steps: it was the best until then
            points += fmt::format("{:.1f},{:.1f} ", scale.x(number), scale.y(*best));
        }
        if (!best || (curve.higher_is_better ? *value > *best : *value < *best)) {
            best = value;
            points += fmt::format("{:.1f},{:.1f} ", scale.x(number), scale.y(*best));
        }
    }
    return fmt::format(
        "<polyline fill=\"none\" stroke=\"#2266aa\" stroke-width=\"2\" points=\"{}\"/>\n", points);
}

} // namespace

std::string svg_of(const Curve& curve) {
    const auto scale = scale_of(curve);
    if (!scale) {
        return "";
    }
    std::string text =
        fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" "
                    "role=\"img\" aria-label=\"{}\">\n",
                    width, height, html_escaped(curve.name));
    text += fmt::format(
        "<path d=\"M{0:.0f} {1:.0f}V{2:.0f}H{3:.0f}\" fill=\"none\" stroke=\"#999\"/>\n", left, top,
        height - bottom, width - right);
    for (const auto& [number, value] : curve.points) {
        text +=
            is_drawn(value)
                ? fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"#88aacc\"/>\n",
                              scale->x(number), scale->y(*value))
                : fmt::format(
                      "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"12\" text-anchor=\"middle\" "
                      "fill=\"#aa3322\">&#215;</text>\n",
                      scale->x(number), height - bottom - 4);
    }
    text += best_line(curve, *scale);
    text +=
        label(left - 6, scale->y(scale->high) + 4, "end", rounded(fmt::format("{}", scale->high)));
    if (scale->low < scale->high) {
        text += label(left - 6, scale->y(scale->low) + 4, "end",
                      rounded(fmt::format("{}", scale->low)));
    }
    text += label(left, height - bottom + 16, "middle", fmt::format("{}", scale->first));
    text += label(width - right, height - bottom + 16, "middle", fmt::format("{}", scale->last));
    text += label((left + width) / 2, height - 6, "middle",
                  curve.name + " by trial; the line is the best so far");
    return text + "</svg>\n";
}

} // namespace pedigree::cli

#include "pipeline/search/sample/candidates.h"

#include <algorithm>
#include <cmath>

#include "pipeline/search/sample/distribution.h"

namespace pedigree::search {
namespace {

constexpr std::int64_t levels_tried_max = 8;

double random_level(std::int64_t levels, Stream& stream) {
    return static_cast<double>(stream.below(static_cast<std::size_t>(levels)));
}

// Where an ordered dimension comes to by a step of about `reach` in a direction (-1, 1).
double stepped(const Encoding& encoding, std::size_t dimension, double position, double step) {
    const std::int64_t levels = encoding.levels(dimension);
    if (levels == 0) {
        return std::clamp(position + step, 0.0, 1.0);
    }
    const double whole = std::max(1.0, std::round(std::abs(step) * static_cast<double>(levels)));
    return std::clamp(position + std::copysign(whole, step), 0.0, static_cast<double>(levels - 1));
}

std::vector<double> moves(const Encoding& encoding, std::size_t dimension, double position,
                          double reach, Stream& stream) {
    const std::int64_t levels = encoding.levels(dimension);
    std::vector<double> to;
    if (encoding.is_ordered(dimension)) {
        // Mostly about `reach`, now and then twice that, never nothing.
        const double size = reach * (0.25 + std::abs(normal_quantile(stream.uniform())));
        to = {stepped(encoding, dimension, position, size),
              stepped(encoding, dimension, position, -size),
              levels == 0 ? stream.uniform() : random_level(levels, stream)};
        if (levels != 0) {
            // The next level in either direction, however many levels `reach` would be.
            to.push_back(stepped(encoding, dimension, position, 1e-9));
            to.push_back(stepped(encoding, dimension, position, -1e-9));
        }
    } else if (levels <= levels_tried_max) {
        for (std::int64_t level = 0; level < levels; ++level) {
            to.push_back(static_cast<double>(level));
        }
    } else {
        for (std::int64_t i = 0; i < levels_tried_max; ++i) {
            to.push_back(random_level(levels, stream));
        }
    }
    std::sort(to.begin(), to.end());
    to.erase(std::unique(to.begin(), to.end()), to.end());
    std::erase(to, position);
    return to;
}

} // namespace

std::vector<Point> neighbours(const Encoding& encoding, const Point& point, double reach,
                              Stream& stream) {
    std::vector<Point> result;
    for (std::size_t i = 0; i < point.size(); ++i) {
        if (point[i] == absent) {
            continue;
        }
        for (const double to : moves(encoding, i, point[i], reach, stream)) {
            Point next = point;
            next[i] = to;
            encoding.settle(next, stream);
            result.push_back(std::move(next));
        }
    }
    return result;
}

Point mutated(const Encoding& encoding, const Point& point, double probability, Stream& stream) {
    constexpr double reach = 0.2;
    Point result = point;
    const std::size_t certain = stream.below(point.size());
    for (std::size_t i = 0; i < point.size(); ++i) {
        if (point[i] == absent || (i != certain && stream.uniform() > probability)) {
            continue;
        }
        const auto to = moves(encoding, i, point[i], reach, stream);
        result[i] = to.empty() ? point[i] : to[stream.below(to.size())];
    }
    encoding.settle(result, stream);
    return result;
}

} // namespace pedigree::search

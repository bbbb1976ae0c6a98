#include "pipeline/search/model/features.h"

#include <numbers>

namespace pedigree::search {

Features::Features(const Encoding& encoding) : encoding_(encoding) {
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        const std::int64_t levels = encoding.levels(i);
        if (levels == 1) {
            continue;
        }
        const std::int64_t columns = encoding.is_ordered(i) ? 1 : levels;
        scale_of_column_.insert(scale_of_column_.end(), static_cast<std::size_t>(columns),
                                dimensions_.size());
        dimensions_.push_back(i);
    }
}

Row Features::row(const Point& point) const {
    Row row(scale_of_column_.size(), 0);
    std::size_t column = 0;
    for (const std::size_t i : dimensions_) {
        if (encoding_.is_ordered(i)) {
            row[column++] = point[i] == absent ? 0.5 : encoding_.unit(i, point[i]);
            continue;
        }
        if (point[i] != absent) {
            row[column + static_cast<std::size_t>(point[i])] = 1 / std::numbers::sqrt2;
        }
        column += static_cast<std::size_t>(encoding_.levels(i));
    }
    return row;
}

std::vector<Row> Features::rows(const std::vector<Point>& points) const {
    std::vector<Row> rows;
    rows.reserve(points.size());
    for (const Point& point : points) {
        rows.push_back(row(point));
    }
    return rows;
}

} // namespace pedigree::search

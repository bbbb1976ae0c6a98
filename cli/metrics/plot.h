#pragma once
// A series as a drawing of text, for a terminal: a mark for each value, its greatest and least
// value at the left, its first and last step below.
//
//     0.91 |            *****
//          |      ******
//     0.12 |******
//          +-----------------
//           1             500
//
// Pure.

#include <cstddef>
#include <string>
#include <vector>

#include "cli/metrics/series.h"

namespace pedigree::cli {

struct PlotShape {
    std::size_t columns = 72; // of the whole drawing
    std::size_t rows = 12;    // of the marks
    bool unicode = false;
};

// Empty: there are no two finite values at different steps, or it is too narrow. What is not finite
// is not drawn.
std::string plot_text(const std::vector<SeriesPoint>& points, const PlotShape& shape);

} // namespace pedigree::cli

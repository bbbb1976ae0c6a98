#include "cli/metrics/plot.h"

#include <limits>

#include <gmock/gmock.h>

#include "cli/app/terminal.h"

namespace pedigree::cli {
namespace {

std::vector<SeriesPoint> series_points(const std::vector<std::pair<std::int64_t, double>>& pairs) {
    std::vector<SeriesPoint> points;
    for (const auto& [step, value] : pairs) {
        points.push_back({step, MetricValue(value)});
    }
    return points;
}

TEST(Plot, DrawsAMarkForEachValue) {
    EXPECT_EQ(plot_text(series_points({{1, 0.25}, {2, 0.5}, {3, 0.75}, {4, 1}}),
                        {.columns = 16, .rows = 4}),
              "   1 |         *\n"
              "     |      *\n"
              "     |   *\n"
              "0.25 |*\n"
              "     +----------\n"
              "      1        4\n");
    EXPECT_EQ(
        plot_text(series_points({{0, 1}, {10, 0}}), {.columns = 11, .rows = 2, .unicode = true}),
        "1 │•\n"
        "0 │       •\n"
        "  └────────\n"
        "   0     10\n");
}

TEST(Plot, OfOneValueOrOneStepThereIsNoDrawing) {
    EXPECT_EQ(plot_text({}, {}), "");
    EXPECT_EQ(plot_text(series_points({{5, 1}}), {}), "");
    EXPECT_EQ(plot_text(series_points({{5, 1}, {5, 2}}), {}), "");
    EXPECT_EQ(plot_text(series_points({{1, NAN}, {2, NAN}}), {}), "");
}

TEST(Plot, ANarrowTerminalGetsNone) {
    const auto points = series_points({{1, 1}, {2, 2}});
    EXPECT_NE(plot_text(points, {.columns = 11}), "");
    EXPECT_EQ(plot_text(points, {.columns = 10}), "");
    EXPECT_EQ(plot_text(points, {.columns = 0}), "");
}

TEST(Plot, StaysWithinItsFrameWhateverTheNumbersAre) {
    constexpr double huge = std::numeric_limits<double>::max();
    constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();
    for (const auto& points :
         {series_points({{-far, -huge}, {far, huge}}), series_points({{1, 2}, {2, 2}, {3, 2}}),
          series_points({{3, 1e-300}, {1, -1e-300}, {2, 0}}),
          series_points({{1, INFINITY}, {2, 1}, {3, NAN}, {4, 2}})}) {
        const std::string text = plot_text(points, {.columns = 72, .rows = 5});
        EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 7) << text;
        std::size_t begin = 0;
        for (std::size_t end = text.find('\n'); end != std::string::npos;
             begin = end + 1, end = text.find('\n', begin)) {
            EXPECT_LE(display_width(text.substr(begin, end - begin)), 72U) << text;
        }
    }
}

} // namespace
} // namespace pedigree::cli

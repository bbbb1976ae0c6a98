#include "cli/metrics/table.h"

#include "base/rounded.h"
#include "cli/app/csv.h"

namespace pedigree::cli {

namespace {

Cell number_cell(const MetricValue& value, bool whole) {
    return {whole ? value.text() : rounded(value.text())};
}

} // namespace

Table series_table(const std::vector<Series>& series, bool whole) {
    Table table{{"RUN", "METRIC", "VALUES", "FIRST", "LAST", "MIN", "MAX", "KEPT"}, {}};
    table.named_by = 2;
    for (const Series& one : series) {
        table.rows.push_back({{one.run_text()},
                              {one.key},
                              {std::to_string(one.count)},
                              number_cell(one.first, whole),
                              number_cell(one.last, whole),
                              number_cell(one.min, whole),
                              number_cell(one.max, whole),
                              {std::to_string(one.points.size())}});
    }
    return table;
}

Table points_table(const std::vector<Series>& series) {
    const bool several = series.size() > 1;
    Table table{several ? std::vector<std::string>{"RUN", "STEP", "VALUE"}
                        : std::vector<std::string>{"STEP", "VALUE"},
                {}};
    for (const Series& one : series) {
        for (const SeriesPoint& point : one.points) {
            std::vector<Cell> row;
            if (several) {
                row.push_back({one.run_text()});
            }
            row.push_back({std::to_string(point.step)});
            row.push_back({point.value.text()});
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

std::string series_csv(const std::vector<Series>& series) {
    std::string text = csv_line({"run", "runId", "tracker", "metric", "step", "value"});
    for (const Series& one : series) {
        for (const SeriesPoint& point : one.points) {
            text += csv_line({one.run, one.run_id, one.tracker, one.key, std::to_string(point.step),
                              point.value.text()});
        }
    }
    return text;
}

} // namespace pedigree::cli

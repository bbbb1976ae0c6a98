#include "cli/metrics/series.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/read_api.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

Series series_from(const Json& item) {
    Series series;
    series.run_id = string_or(item, "runId");
    series.run = string_or(item, "run");
    series.tracker = string_or(item, "tracker");
    series.key = string_or(item, "key");
    series.count = integer_or(item, "count");
    series.first = MetricValue::from(at_path(item, {"first"}));
    series.last = MetricValue::from(at_path(item, {"last"}));
    series.min = MetricValue::from(at_path(item, {"min"}));
    series.max = MetricValue::from(at_path(item, {"max"}));
    for (const Json& point : at_path(item, {"points"})) {
        series.points.push_back(
            {integer_or(point, "step"), MetricValue::from(at_path(point, {"value"}))});
    }
    return series;
}

} // namespace

SeriesList series_list_from(const Json& document) {
    SeriesList list;
    list.trial = integer_or(document, "trial");
    list.attempt = integer_or(document, "attempt");
    list.truncated = bool_or(document, "truncated");
    for (const Json& item : at_path(document, {"items"})) {
        list.series.push_back(series_from(item));
    }
    return list;
}

Result<Json> read_series(const Cluster& cluster, const SeriesQuestion& question) {
    std::string rest = "metrics/" + net::percent_encode(question.experiment);
    char separator = '?';
    const auto ask = [&](std::string_view name, const std::string& value) {
        rest +=
            fmt::format("{}{}={}", std::exchange(separator, '&'), name, net::percent_encode(value));
    };
    if (question.trial) {
        ask("trial", std::to_string(*question.trial));
    }
    if (question.attempt) {
        ask("attempt", std::to_string(*question.attempt));
    }
    if (!question.run.empty()) {
        ask("run", question.run);
    }
    if (!question.key.empty()) {
        ask("key", question.key);
    }
    auto document = read_lineage(cluster, rest, "metrics of " + question.experiment);
    if (!document && document.error().code == ErrorCode::NotFound) {
        Error error = std::move(document).error();
        error.message += "; pedigree get lists Experiments";
        return tl::unexpected(std::move(error));
    }
    return document;
}

} // namespace pedigree::cli

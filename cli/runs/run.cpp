#include "cli/runs/run.h"

#include <nlohmann/json.hpp>

#include "cli/lineage/pages.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

// The record has lists of names and values as one text, which is JSON; null: it was erased.
Json document_in(const Json& attributes, std::string_view name) {
    return parse_json(string_or(attributes, name, "null")).value_or(Json());
}

// Of a metric that the record names none of, the last value is the only one.
void add_extremes(TrackerRun& run, const Json& extremes) {
    if (!extremes.is_object()) {
        return;
    }
    for (const auto& [name, last] : run.metrics) {
        const Json& known = at_path(extremes, {name});
        run.extremes[name] = known.is_object()
                                 ? MetricExtremes{MetricValue::from(at_path(known, {"min"})),
                                                  MetricValue::from(at_path(known, {"max"}))}
                                 : MetricExtremes{last, last};
    }
}

TrackerRun run_from(const Json& item) {
    const Json& attributes = at_path(item, {"attributes"});
    TrackerRun run;
    run.id = string_or(item, "uid");
    run.name = string_or(attributes, "name");
    run.tracker = string_or(attributes, "tracker");
    run.status = string_or(attributes, "status", string_or(attributes, "scriptStatus"));
    run.experiment = string_or(item, "experiment");
    run.project = string_or(item, "project");
    run.trial = integer_or(item, "trial");
    run.attempt = integer_or(item, "attempt");
    run.pod_uid = string_or(item, "podUid");
    const Json parameters = document_in(attributes, "parameters");
    if (parameters.is_object()) {
        for (const auto& [name, value] : parameters.items()) {
            run.parameters[name] =
                value.is_string() ? value.get<std::string>() : canonical_json(value);
        }
    }
    const Json metrics = document_in(attributes, "metrics");
    if (metrics.is_object()) {
        for (const auto& [name, value] : metrics.items()) {
            run.metrics[name] = MetricValue::from(value);
        }
    }
    add_extremes(run, document_in(attributes, "extremes"));
    const auto recorded = parse_instant(string_or(item, "recorded"));
    run.recorded = recorded ? std::optional(*recorded) : std::nullopt;
    return run;
}

} // namespace

RunList run_list_from(const Json& answer) {
    RunList list;
    list.as_of = integer_or(answer, "asOf");
    list.truncated = bool_or(answer, "truncated");
    for (const Json& item : at_path(answer, {"items"})) {
        list.runs.push_back(run_from(item));
    }
    return list;
}

Result<RunList> read_runs(const Cluster& cluster, const std::string& experiment) {
    const std::string list =
        experiment.empty() ? "runs/-" : "runs/-?experiment=" + net::percent_encode(experiment);
    auto answer = read_pages(cluster, list, experiment.empty() ? "runs" : "runs of " + experiment);
    if (!answer && answer.error().code == ErrorCode::NotFound) {
        Error error = std::move(answer).error();
        error.message += "; pedigree get lists Experiments";
        return tl::unexpected(std::move(error));
    }
    TRY(const Json whole, std::move(answer));
    return run_list_from(whole);
}

} // namespace pedigree::cli

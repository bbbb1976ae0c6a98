#include "operator/api/metric_list.h"

#include <nlohmann/json.hpp>

#include "experiment/events/file_runs.h"

namespace pedigree::control {
namespace {

using records::pod::ObservedMetric;
using records::pod::ObservedRun;

Json value_json(const MetricValue& value) {
    return value.is_finite() ? Json(value.number()) : value.empty() ? Json() : Json(value.text());
}

Json item_of(const ObservedRun& run, const std::string& id, const std::string& key,
             const ObservedMetric& metric) {
    Json points = Json::array();
    for (const auto& point : metric.points) {
        points.push_back({{"step", point.step}, {"value", value_json(point.value)}});
    }
    return {{"runId", id},
            {"run", run.name},
            {"tracker", run.tracker},
            {"key", key},
            {"count", metric.count},
            {"first", value_json(metric.first)},
            {"last", value_json(metric.last)},
            {"lastStep", metric.last_step},
            {"min", value_json(metric.min)},
            {"max", value_json(metric.max)},
            {"points", std::move(points)}};
}

} // namespace

Json metric_items(const records::pod::Bundle& bundle, const std::string& pod_uid,
                  const MetricQuestion& question) {
    const experiment::RunNodes in_files = experiment::runs_in_files(bundle, pod_uid);
    Json items = Json::array();
    for (const ObservedRun& run : bundle.runs) {
        const auto found = in_files.find({run.tracker, run.run_id});
        const std::string id =
            run.in_files && found != in_files.end() ? found->second.key : run.run_id;
        const bool asked = question.run.empty() || question.run == id ||
                           question.run == run.run_id || question.run == run.name;
        for (const auto& [key, metric] : run.metrics) {
            if (asked && (question.key.empty() || question.key == key)) {
                items.push_back(item_of(run, id, key, metric));
            }
        }
    }
    return items;
}

} // namespace pedigree::control

#include "trackers/wandb/observed.h"

#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr int parameter_nesting = 8;

void add_parameter(std::map<std::string, std::string>& parameters, const std::string& name,
                   const Json& value, int depth) {
    if (!value.is_object() || value.empty() || depth >= parameter_nesting) {
        parameters[name] = value.is_string() ? value.get<std::string>() : json_text(value);
        return;
    }
    for (const auto& [key, member] : value.items()) {
        add_parameter(parameters, name + "." + key, member, depth + 1);
    }
}

records::pod::ObservedMetric observed_metric(const Series& series) {
    records::pod::ObservedMetric metric;
    metric.count = series.count;
    metric.first = MetricValue(series.first.value);
    metric.last = MetricValue(series.last.value);
    metric.last_step = series.last.step;
    if (series.has_finite()) {
        metric.min = MetricValue(series.least.value);
        metric.max = MetricValue(series.greatest.value);
    }
    return metric;
}

} // namespace

records::pod::ObservedRun observed_run(const Run& run) {
    records::pod::ObservedRun out;
    out.tracker = "W&B";
    out.run_id = run.id;
    out.experiment_id = run.project;
    out.name = run.name;
    out.status = run.state == State::Running    ? ""
                 : run.state == State::Finished ? "finished"
                                                : "failed";
    const Json config = config_of(run);
    for (const auto& [key, value] : config.items()) {
        add_parameter(out.parameters, key, value, 1);
    }
    for (const auto& [key, series] : run.metrics) {
        out.metrics[key] = observed_metric(series);
    }
    out.parameter_count = static_cast<std::int64_t>(out.parameters.size());
    out.metric_count = static_cast<std::int64_t>(out.metrics.size());
    out.logged = run.media;
    return out;
}

} // namespace pedigree::trackers::wandb

#include "recorder/taps.h"

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "recorder/call_body.h"
#include "recorder/observations.h"
#include "trackers/mlflow/context.h"

namespace pedigree::recorder {
namespace {

using records::pod::ObservedMetric;
using trackers::mlflow::tag_own_prefix;

// MLflow keeps 250 bytes of a key and 6,000 characters of a value.
constexpr std::size_t tapped_name_bytes_max = 512;
constexpr std::size_t parameter_bytes_max = 24000;

// A server's database may compare keys without regard to case (MySQL, SQL Server).
bool is_own_tag(const std::string& key) {
    const std::string_view own = tag_own_prefix;
    return key.size() >= own.size() &&
           std::equal(own.begin(), own.end(), key.begin(), [](char a, char b) {
               return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
           });
}

std::string named(const Json& from, std::string_view field) {
    return clean_text(string_or(from, field), tapped_name_bytes_max);
}

// MLflow's SDK sends NaN and infinities as strings, and protobuf's JSON lets any number be one.
MetricValue metric_value(const Json& metric) {
    return MetricValue::from(at_path(metric, {"value"}));
}

// Protobuf's JSON writes 64-bit integers as numbers or strings.
std::int64_t metric_step(const Json& metric) {
    const std::string text = string_or(metric, "step");
    return text.empty() ? integer_or(metric, "step") : std::strtoll(text.c_str(), nullptr, 10);
}

std::string parameter_value(const Json& parameter) {
    return clean_text(string_or(parameter, "value"), parameter_bytes_max, Lines::Keep);
}

void add_metric(std::map<std::string, ObservedMetric>& metrics, const Json& metric) {
    const MetricValue value = metric_value(metric);
    if (!value.empty()) {
        merge_metric(metrics[named(metric, "key")],
                     {1, value, value, value, metric_step(metric), value});
    }
}

void tap_batch(const Json& body, const std::string& objective_metric, Json& note) {
    std::map<std::string, ObservedMetric> metrics;
    for (const Json& metric : at_path(body, {"metrics"})) {
        add_metric(metrics, metric);
        const std::string key = named(metric, "key");
        const MetricValue value = metric_value(metric);
        if (!key.empty() && key == objective_metric && !value.empty()) {
            note["objective"].push_back({metric_step(metric), value.text()});
        }
    }
    for (const auto& [key, metric] : metrics) {
        note["metrics"][key] = metric_json(metric);
    }
    for (const Json& parameter : at_path(body, {"params"})) {
        note["parameters"][named(parameter, "key")] = parameter_value(parameter);
    }
}

} // namespace

std::optional<Json> tap(const std::string& call, const Json& body,
                        const std::string& objective_metric) {
    Json note = {{"note", "values"}, {"run", run_of(body)}};
    const std::size_t plain = note.size();
    if (call == "runs/log-batch") {
        tap_batch(body, objective_metric, note);
    } else if (call == "runs/log-metric") {
        tap_batch({{"metrics", {body}}}, objective_metric, note);
    } else if (call == "runs/log-parameter") {
        note["parameters"][named(body, "key")] = parameter_value(body);
    } else if (call == "runs/update") {
        for (const auto& [from, to] : {std::pair{"status", "status"}, {"run_name", "name"}}) {
            if (const std::string value = named(body, from); !value.empty()) {
                note[to] = value;
            }
        }
    }
    return note.size() > plain ? std::optional<Json>(std::move(note)) : std::nullopt;
}

bool touches_own_tags(const Json& body) {
    if (is_own_tag(string_or(body, "key"))) {
        return true;
    }
    for (const Json& tag : at_path(body, {"tags"})) {
        if (is_own_tag(string_or(tag, "key"))) {
            return true;
        }
    }
    return false;
}

void add_tags(Json& create_body, const std::map<std::string, std::string>& tags) {
    std::map<std::string, std::string> all = tags;
    for (const Json& tag : at_path(create_body, {"tags"})) {
        const std::string key = string_or(tag, "key");
        if (!is_own_tag(key)) {
            all[key] = string_or(tag, "value");
        }
    }
    Json list = Json::array();
    for (const auto& [key, value] : all) {
        list.push_back({{"key", key}, {"value", value}});
    }
    create_body["tags"] = std::move(list);
}

} // namespace pedigree::recorder

#include "recorder/observations.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json_text.h"
#include "base/text.h"

namespace pedigree::recorder {
namespace {

using records::pod::ObservedMetric;

constexpr std::size_t gap_sentence_bytes_max = 2000;
constexpr std::size_t model_name_bytes_max = 512;

ObservedMetric metric_from(const Json& document) {
    const auto value = [&](std::string_view name) {
        return MetricValue::from(at_path(document, {name}));
    };
    return {integer_or(document, "count"),    value("last"), value("min"), value("max"),
            integer_or(document, "lastStep"), value("first")};
}

void apply_parameters(Observations& seen, const Json& from,
                      std::map<std::string, std::string>& to) {
    if (!from.is_object()) {
        return;
    }
    for (const auto& [key, value] : from.items()) {
        std::string text = value.is_string() ? value.get<std::string>() : json_text(value);
        if (seen.parameter_bytes + key.size() + text.size() > parameter_bytes_in_all_max) {
            ++seen.counters["parametersBeyondLimit"];
            continue;
        }
        seen.parameter_bytes += key.size() + text.size();
        to[key] = std::move(text);
    }
}

void apply_run(Observations& seen, const Json& note) {
    if (seen.runs.size() >= runs_max) {
        ++seen.counters["runsBeyondLimit"];
        return;
    }
    SeenRun& run = seen.runs[string_or(note, "run")];
    run.run.run_id = string_or(note, "run");
    run.run.experiment_id = string_or(note, "experiment");
    run.run.parent_run_id = string_or(note, "parent");
    run.run.name = string_or(note, "name");
    run.run.status = string_or(note, "status");
    run.artifact_root = string_or(note, "root");
    run.start_ms = integer_or(note, "start");
    run.touched = bool_or(note, "touched");
}

void apply_values(Observations& seen, const Json& note) {
    const auto found = seen.runs.find(string_or(note, "run"));
    if (found == seen.runs.end()) {
        return;
    }
    records::pod::ObservedRun& run = found->second.run;
    apply_parameters(seen, at_path(note, {"parameters"}), run.parameters);
    run.status = string_or(note, "status", run.status);
    run.name = string_or(note, "name", run.name);
    for (const auto& point : points_from(at_path(note, {"objective"}))) {
        seen.objective.add(point.step, point.value);
    }
    const Json& metrics = at_path(note, {"metrics"});
    if (metrics.is_object()) {
        for (const auto& [key, value] : metrics.items()) {
            if (!run.metrics.contains(key)) {
                if (run.metrics.size() >= metric_keys_per_run_max ||
                    seen.metric_keys >= metric_keys_max) {
                    ++seen.counters["metricKeysBeyondLimit"];
                    continue;
                }
                ++seen.metric_keys;
            }
            merge_metric(run.metrics[key], metric_from(value));
        }
    }
}

// A segment that was shipped again after a restart counts once.
void apply_segment(Observations& seen, const Json& note) {
    const std::int64_t number = integer_or(note, "number");
    if (number > seen.last_segment) {
        seen.last_segment = number;
        seen.log.segments += integer_or(note, "segments", integer_or(note, "bytes") > 0 ? 1 : 0);
        seen.log.bytes += integer_or(note, "bytes");
        seen.log.dropped_bytes += integer_or(note, "dropped");
    }
}

void apply_gap(Observations& seen, std::string kind, std::string sentence) {
    const bool known = std::any_of(seen.gaps.begin(), seen.gaps.end(), [&](const auto& gap) {
        return gap.kind == kind && gap.sentence == sentence;
    });
    if (known) {
        return;
    }
    if (seen.gaps.size() >= gaps_max) {
        ++seen.counters["gapsBeyondLimit"];
        return;
    }
    seen.gaps.push_back({std::move(kind), std::move(sentence)});
}

void apply_upload(Observations& seen, const Json& note) {
    const std::string path = string_or(note, "path"), digest = string_or(note, "digest");
    if (!Digest::parse(digest)) {
        apply_gap(seen, "NotSeenByRecorder", "the journal's line about " + path + " is damaged");
    } else if (seen.uploads.size() >= uploads_max) {
        ++seen.counters["uploadsBeyondLimit"];
    } else {
        seen.uploads[path] = {digest, integer_or(note, "bytes")};
    }
}

} // namespace

void merge_metric(ObservedMetric& into, const ObservedMetric& more) {
    if (into.count == 0) {
        into = more;
        return;
    }
    into.count += more.count;
    // As MLflow's own "latest": the greatest step, whatever came after it without one.
    if (more.last_step >= into.last_step) {
        into.last = more.last;
        into.last_step = more.last_step;
    }
    // A comparison with NaN is false: an extreme that is a number stays, one that is NaN yields.
    if (!std::isnan(more.min.number()) && !(more.min.number() >= into.min.number())) {
        into.min = more.min;
    }
    if (!std::isnan(more.max.number()) && !(more.max.number() <= into.max.number())) {
        into.max = more.max;
    }
}

Json metric_json(const ObservedMetric& metric) {
    return {{"count", metric.count},        {"last", metric.last.text()},
            {"min", metric.min.text()},     {"max", metric.max.text()},
            {"lastStep", metric.last_step}, {"first", metric.first.text()}};
}

void Observations::apply(const Json& note) {
    const std::string word = string_or(note, "note");
    if (word == "run") {
        apply_run(*this, note);
    } else if (word == "values") {
        apply_values(*this, note);
    } else if (word == "model") {
        models[string_or(note, "model")] = {string_or(note, "name"), string_or(note, "run"),
                                            string_or(note, "root")};
    } else if (word == "experiment") {
        if (experiments.size() < experiments_max) {
            experiments.insert(string_or(note, "experiment"));
        }
    } else if (word == "leftOut") {
        if (fields_left_out.size() < fields_left_out_max) {
            fields_left_out.insert(string_or(note, "field"));
        }
    } else if (word == "curve") {
        objective = curve_from(note);
    } else if (word == "upload") {
        apply_upload(*this, note);
    } else if (word == "gap") {
        apply_gap(*this, string_or(note, "kind"), string_or(note, "sentence"));
    } else if (word == "count") {
        counters[string_or(note, "counter")] += integer_or(note, "by");
    } else if (word == "segment") {
        apply_segment(*this, note);
    } else if (word == "input") {
        inputs.push_back({string_or(note, "name"), string_or(note, "digest"),
                          integer_or(note, "bytes"), integer_or(note, "files")});
    } else if (word == "begin" && started_at.empty()) {
        started_at = string_or(note, "time");
    }
}

std::vector<Json> Observations::as_notes() const {
    std::vector<Json> notes{{{"note", "begin"}, {"time", started_at}}};
    for (const auto& input : inputs) {
        notes.push_back(input_note(input));
    }
    for (const auto& [id, run] : runs) {
        notes.push_back(run_note(run));
        Json values = {{"note", "values"}, {"run", id}, {"parameters", run.run.parameters}};
        for (const auto& [key, metric] : run.run.metrics) {
            values["metrics"][key] = metric_json(metric);
        }
        notes.push_back(std::move(values));
    }
    if (!objective.points.empty()) {
        notes.push_back(curve_note(objective));
    }
    for (const auto& [id, model] : models) {
        notes.push_back(model_note(id, model));
    }
    for (const auto& [path, upload] : uploads) {
        notes.push_back(upload_note(path, upload));
    }
    for (const auto& id : experiments) {
        notes.push_back(experiment_note(id));
    }
    for (const auto& field : fields_left_out) {
        notes.push_back({{"note", "leftOut"}, {"field", field}});
    }
    for (const auto& gap : gaps) {
        notes.push_back(gap_note(gap.kind, gap.sentence));
    }
    for (const auto& [counter, value] : counters) {
        notes.push_back(count_note(counter, value));
    }
    Json segments = segment_note(last_segment, log.bytes, log.dropped_bytes);
    segments["segments"] = log.segments;
    notes.push_back(std::move(segments));
    return notes;
}

std::string Observations::owner_of(const std::string& artifact_path) const {
    const auto below = [&](const std::string& root) {
        return !root.empty() && artifact_path.starts_with(root + "/");
    };
    for (const auto& [id, run] : runs) {
        if (below(run.artifact_root)) {
            return id;
        }
    }
    for (const auto& [id, model] : models) {
        if (below(model.artifact_root)) {
            return id;
        }
    }
    return "";
}

Json run_note(const SeenRun& run) {
    return {{"note", "run"},
            {"run", run.run.run_id},
            {"name", run.run.name},
            {"experiment", run.run.experiment_id},
            {"status", run.run.status},
            {"parent", run.run.parent_run_id},
            {"start", run.start_ms},
            {"touched", run.touched},
            {"root", run.artifact_root}};
}

Json model_note(const std::string& model_id, const SeenModel& model) {
    return {{"note", "model"},
            {"model", model_id},
            {"name", clean_text(model.name, model_name_bytes_max)},
            {"run", model.run_id},
            {"root", model.artifact_root}};
}

Json upload_note(const std::string& path, const SeenUpload& upload) {
    return {{"note", "upload"}, {"path", path}, {"digest", upload.digest}, {"bytes", upload.bytes}};
}

Json experiment_note(const std::string& id) {
    return {{"note", "experiment"}, {"experiment", id}};
}

Json left_out_note(const std::string& call, const std::string& field) {
    return {{"note", "leftOut"}, {"field", call + " " + field}};
}

Json gap_note(const std::string& kind, const std::string& sentence) {
    return {{"note", "gap"},
            {"kind", kind},
            {"sentence", clean_text(sentence, gap_sentence_bytes_max)}};
}

Json count_note(const std::string& counter, std::int64_t by) {
    return {{"note", "count"}, {"counter", counter}, {"by", by}};
}

Json segment_note(std::int64_t number, std::int64_t bytes, std::int64_t dropped_bytes) {
    return {{"note", "segment"}, {"number", number}, {"bytes", bytes}, {"dropped", dropped_bytes}};
}

Json input_note(const records::pod::ObservedInput& input) {
    return {{"note", "input"},
            {"name", input.name},
            {"digest", input.digest},
            {"bytes", input.bytes},
            {"files", input.files}};
}

} // namespace pedigree::recorder

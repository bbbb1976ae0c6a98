#include <nlohmann/json.hpp>

#include "base/metric_value.h"
#include "trackers/clearml/answers.h"
#include "trackers/clearml/files.h"
#include "trackers/clearml/observed.h"

namespace pedigree::trackers::clearml {
namespace {

Json series_json(const AllSeries& all) {
    Json out = Json::object();
    for (const auto& [key, series] : all) {
        const records::pod::ObservedMetric metric = series.whole();
        Json one{{"count", metric.count},         {"first", metric.first.text()},
                 {"last", metric.last.text()},    {"lastStep", metric.last_step},
                 {"least", metric.min.text()},    {"greatest", metric.max.text()},
                 {"points", metric.points.size()}};
        if (series.repeated() > 0) {
            one["repeated"] = series.repeated();
        }
        if (series.not_finite() > 0) {
            one["notFinite"] = series.not_finite();
        }
        out[key] = std::move(one);
    }
    return out;
}

Json artifact_json(const records::pod::ObservedArtifact& artifact) {
    Json files = Json::object();
    for (const auto& file : artifact.files) {
        files[file.path] = {{"digest", file.digest}, {"bytes", file.bytes}};
    }
    return {{"name", artifact.name},
            {"kind", artifact.kind},
            {"location", artifact.location},
            {"digest", artifact.digest},
            {"files", std::move(files)}};
}

// What was not kept, by its name; nothing where nothing was.
Json counts_json(const Task& task) {
    Json out = Json::object();
    const std::pair<const char*, std::int64_t> counts[] = {
        {"eventsUnreadable", task.events_unreadable},
        {"keysLeftOut", task.keys_left_out},
        {"textsLeftOut", task.texts_left_out},
        {"artifactsLeftOut", task.artifacts_left_out}};
    for (const auto& [name, count] : counts) {
        if (count != 0) {
            out[name] = count;
        }
    }
    return out;
}

} // namespace

Json task_json(const Book& book, const Task& task) {
    const records::pod::ObservedRun run = observed_run(book, task, Points::Leave);
    const Json script = field(task.fields, "script");
    Json out{{"id", task.id},
             {"name", run.name},
             {"project", run.experiment_id},
             {"type", text_of(task.fields, "type")},
             {"comment", text_of(task.fields, "comment")},
             {"tags", field(task.fields, "tags")},
             {"status", std::string(to_string(task.status))},
             {"statusReason", task.status_reason},
             {"statusMessage", task.status_message},
             {"parameters", run.parameters},
             {"runtime", field(task.fields, "runtime")},
             {"metrics", series_json(task.metrics)},
             {"system", series_json(task.system)},
             {"logged", task.logged},
             {"consoleLines", task.console_lines},
             {"resets", task.resets},
             {"counted", counts_json(task)}};
    out["script"] = {{"repository", string_or(script, "repository")},
                     {"commit", string_or(script, "version_num")},
                     {"branch", string_or(script, "branch")},
                     {"entryPoint", string_or(script, "entry_point")},
                     {"diff", string_or(script, "diff")},
                     {"packages", string_or(at_path(script, {"requirements"}), "pip")}};
    out["lastIteration"] = task.last_iteration ? Json(*task.last_iteration) : Json(nullptr);
    out["artifacts"] = Json::array();
    for (const auto& artifact : observed_artifacts(book, task)) {
        out["artifacts"].push_back(artifact_json(artifact));
    }
    return out;
}

} // namespace pedigree::trackers::clearml

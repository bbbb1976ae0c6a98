#include <nlohmann/json.hpp>

#include "trackers/wandb/python_json.h"
#include "trackers/wandb/run.h"

namespace pedigree::trackers::wandb {
namespace {

Json series_json(const AllSeries& all) {
    Json out = Json::object();
    for (const auto& [key, series] : all) {
        const records::pod::ObservedMetric metric = series.values.summary();
        Json one{{"count", metric.count},      {"first", metric.first.text()},
                 {"last", metric.last.text()}, {"lastStep", metric.last_step},
                 {"least", metric.min.text()}, {"greatest", metric.max.text()}};
        if (series.repeated > 0) {
            one["repeated"] = series.repeated;
        }
        out[key] = std::move(one);
    }
    return out;
}

Json file_json(const File& file) {
    Json out = Json::object();
    if (!file.md5.empty()) {
        out["md5"] = file.md5;
    }
    if (file.bytes) {
        out["bytes"] = *file.bytes;
        out["digest"] = file.sha256.text();
    }
    return out;
}

Json files_json(const Files& files) {
    Json out = Json::object();
    for (const auto& [name, file] : files) {
        out[name] = file_json(file);
    }
    return out;
}

Json artifact_document(const Artifact& artifact) {
    return {{"name", artifact.name},
            {"type", artifact.type},
            {"version", artifact.version},
            {"digest", artifact.digest},
            {"aliases", artifact.aliases},
            {"committed", artifact.committed},
            {"metadata", artifact.metadata},
            {"files", files_json(artifact.files)},
            {"manifest", file_json(artifact.manifest)}};
}

// What was not kept, by its name; nothing where nothing was.
Json counts_json(const Run& run) {
    Json out = Json::object();
    const std::pair<const char*, std::int64_t> counts[] = {
        {"rowsAgain", run.rows_again},
        {"rowsFromFile", run.rows_from_file},
        {"rowsUnreadable", run.rows_unreadable},
        {"linesMissing", run.lines_missing},
        {"keysLeftOut", run.keys_left_out},
        {"textsLeftOut", run.texts_left_out},
        {"filesLeftOut", run.files_left_out},
        {"artifactsLeftOut", run.artifacts_left_out},
        {"callsUnreadable", run.calls_unreadable}};
    for (const auto& [name, count] : counts) {
        if (count != 0) {
            out[name] = count;
        }
    }
    return out;
}

Json object_in(const std::string& text) {
    auto parsed = parse_python_json(text);
    return parsed && parsed->is_object() ? *std::move(parsed) : Json::object();
}

} // namespace

Json config_of(const Run& run) {
    Json out = Json::object();
    const Json entries = object_in(run.config_text);
    for (const auto& [key, entry] : entries.items()) {
        if (key != "_wandb") {
            out[key] = entry.is_object() && entry.contains("value") ? entry["value"] : entry;
        }
    }
    return out;
}

Json summary_of(const Run& run) {
    Json out = object_in(run.summary_text);
    out.erase("_wandb");
    return out;
}

Json run_json(const Run& run) {
    Json out{{"id", run.id},
             {"name", run.name},
             {"project", run.project},
             {"entity", run.entity},
             {"group", run.group},
             {"jobType", run.job_type},
             {"notes", run.notes},
             {"program", run.program},
             {"commit", run.commit},
             {"remote", run.remote},
             {"sdk", run.sdk_version},
             {"tags", run.tags},
             {"config", config_of(run)},
             {"summary", summary_of(run)},
             {"metrics", series_json(run.metrics)},
             {"system", series_json(run.system)},
             {"media", run.media},
             {"files", files_json(run.files)},
             {"links", run.links},
             {"state", std::string(to_string(run.state))},
             {"resumes", run.resumes},
             {"alerts", run.alerts},
             {"rows", run.rows},
             {"consoleLines", run.console_lines},
             {"counted", counts_json(run)}};
    out["exitCode"] = run.exit_code ? Json(*run.exit_code) : Json(nullptr);
    out["lastStep"] = run.last_step ? Json(*run.last_step) : Json(nullptr);
    out["artifacts"] = Json::array();
    for (const auto& artifact : run.artifacts) {
        out["artifacts"].push_back(artifact_document(*artifact));
    }
    return out;
}

} // namespace pedigree::trackers::wandb

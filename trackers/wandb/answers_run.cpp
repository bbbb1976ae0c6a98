#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json_text.h"
#include "trackers/wandb/answers.h"
#include "trackers/wandb/python_json.h"
#include "trackers/wandb/uploads.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::size_t tags_kept = 100;
constexpr std::size_t files_a_call = 20'000;

std::string project_in(const Operation& operation) {
    const std::string project = operation.text({"project", "projectName", "name"});
    return project.empty() ? "uncategorized" : project; // what W&B calls it
}

Json names(const std::vector<std::string_view>& list) {
    Json out = Json::array();
    for (const std::string_view name : list) {
        out.push_back({{"name", name}});
    }
    return out;
}

// Only what makes the SDK of 0.15.12 choose the calls that we answer.
std::vector<std::string_view> fields_of(std::string_view type) {
    static const std::map<std::string_view, std::vector<std::string_view>> fields = {
        {"Query", {"viewer", "project", "model", "artifact", "clientIDMapping", "serverInfo"}},
        {"ServerInfo", {"cliVersionInfo"}},
        {"Mutation",
         {"upsertBucket", "createRunFiles", "createArtifact", "createArtifactFiles",
          "createArtifactManifest", "updateArtifactManifest", "commitArtifact", "linkArtifact",
          "useArtifact", "notifyScriptableRunAlert"}},
        {"CreateArtifactInput",
         {"clientID", "sequenceClientID", "enableDigestDeduplication", "historyStep",
          "distributedID"}}};
    const auto found = fields.find(type);
    return found == fields.end() ? std::vector<std::string_view>() : found->second;
}

Result<Json> answer_types(Book&, const Operation& operation) {
    Json data = Json::object();
    for (const auto& [alias, type] : type_questions(operation.query)) {
        const Json fields = names(fields_of(type));
        data[alias] = {{"name", type}, {"fields", fields}, {"inputFields", fields}};
    }
    return data;
}

Result<Json> answer_viewer(Book& book, const Operation&) {
    const std::string& entity = book.settings.entity;
    return Json{{"viewer",
                 {{"id", to_base64("User:" + entity)},
                  {"entity", entity},
                  {"username", entity},
                  {"email", nullptr},
                  {"flags", "{}"},
                  {"teams", {{"edges", Json::array()}}}}},
                // 0.15.12 sends no alert to a server that knows only an SDK before 0.10.9.
                {"serverInfo", {{"cliVersionInfo", {{"max_cli_version", "999.0.0"}}}}}};
}

Result<Json> answer_features(Book&, const Operation&) {
    return Json{{"serverInfo", {{"features", Json::array()}}}};
}

Json project_json(const Run& run) {
    return {{"id", to_base64("Project:" + run.project)},
            {"name", run.project},
            {"entity", {{"id", to_base64("Entity:" + run.entity)}, {"name", run.entity}}}};
}

Json bucket_json(const Run& run) {
    return {{"id", to_base64(fmt::format("Run:{}:{}", run.project, run.id))},
            {"name", run.id},
            {"displayName", run.name},
            {"description", nullptr},
            {"config", run.config_text.empty() ? "{}" : run.config_text},
            {"sweepName", nullptr},
            {"project", project_json(run)},
            {"historyLineCount", run.history_lines}};
}

void take_tags(Book& book, Run& run, const Json& tags) {
    if (!tags.is_array()) {
        return;
    }
    for (const std::string& tag : run.tags) {
        (void)book.runs.take_text(run, tag.size(), 0);
    }
    run.tags.clear();
    for (const Json& tag : tags) {
        if (tag.is_string() && is_id(tag.get_ref<const std::string&>()) &&
            run.tags.size() < tags_kept &&
            book.runs.take_text(run, 0, tag.get_ref<const std::string&>().size())) {
            run.tags.push_back(tag.get<std::string>());
        }
    }
}

void take_texts(Book& book, Run& run, const Operation& operation) {
    const std::pair<const char*, std::string*> texts[] = {{"displayName", &run.name},
                                                          {"groupName", &run.group},
                                                          {"jobType", &run.job_type},
                                                          {"notes", &run.notes},
                                                          {"program", &run.program},
                                                          {"commit", &run.commit},
                                                          {"repo", &run.remote},
                                                          {"config", &run.config_text},
                                                          {"summaryMetrics", &run.summary_text}};
    for (const auto& [name, place] : texts) {
        const std::string text = operation.text({name});
        if (!text.empty()) {
            book.runs.keep_text(run, *place, text);
        }
    }
    take_tags(book, run, operation.value("tags"));
    if (run.sdk_version.empty()) {
        const auto config = parse_python_json(run.config_text);
        if (config) {
            const Json& own = at_path(*config, {"_wandb", "value"});
            run.sdk_version = string_or(own, "cli_version").substr(0, 32);
        }
    }
}

Result<Json> answer_upsert(Book& book, const Operation& operation) {
    const std::string id = operation.text({"name"});
    const std::string named = operation.text({"project"});
    const std::string project = named.empty() ? "uncategorized" : named;
    if (!is_id(id) || !is_id(project)) {
        return failure(ErrorCode::InvalidInput, "pedigree: a run needs an id without slashes");
    }
    const std::string entity = operation.text({"entity"});
    const bool known = book.runs.find(project, id) != nullptr;
    Run* run = book.runs.find_or_add(project, id);
    Run unkept; // beyond wandb_runs_max the script still hears what it wants to hear
    unkept.project = project;
    unkept.id = id;
    unkept.name = id;
    Run& shown = run == nullptr ? unkept : *run;
    shown.entity = is_id(entity) ? entity : book.settings.entity;
    // Only the first call of a process says where it runs.
    if (known && !operation.text({"host", "program"}).empty()) {
        book.runs.begin(shown);
        ++shown.resumes;
    }
    if (run != nullptr) {
        take_texts(book, *run, operation);
    }
    return Json{{"upsertBucket", {{"bucket", bucket_json(shown)}, {"inserted", !known}}}};
}

// The last line of a file of the stream, as far as a resume needs it, in W&B's form: a JSON text of
// a list of JSON texts.
std::string tail_text(const Run& run, bool with_step) {
    Json tail = Json::array();
    if (run.last_step) {
        Json row{{"_runtime", run.last_runtime}, {"_timestamp", run.last_timestamp}};
        if (with_step) {
            row["_step"] = *run.last_step;
        }
        tail.push_back(json_text(row));
    }
    return json_text(tail);
}

Result<Json> answer_resume(Book& book, const Operation& operation) {
    const std::string named = operation.text({"project"});
    const Run* run =
        book.runs.find(named.empty() ? "uncategorized" : named, operation.text({"name"}));
    if (run == nullptr) {
        return Json{{"model", nullptr}};
    }
    Json bucket = bucket_json(*run);
    bucket["summaryMetrics"] = run->summary_text.empty() ? "{}" : run->summary_text;
    bucket["logLineCount"] = run->console_lines;
    bucket["eventsLineCount"] = run->event_lines;
    bucket["historyTail"] = tail_text(*run, true);
    bucket["eventsTail"] = tail_text(*run, false);
    bucket["tags"] = run->tags;
    bucket["notes"] = run->notes;
    bucket["wandbConfig"] = R"({"t":{}})"; // wandb-core takes a run with it as one that exists
    Json model = project_json(*run);
    model["bucket"] = std::move(bucket);
    return Json{{"model", std::move(model)}};
}

Result<Json> answer_stopped(Book& book, const Operation& operation) {
    const Run* run = book.runs.find(project_in(operation), operation.text({"runId", "runName"}));
    const bool stopped = run != nullptr && run->stop_wanted;
    return Json{{"project", {{"run", {{"stopped", stopped}}}}}};
}

// Each file that is announced, with where it is to be sent.
std::vector<std::pair<std::string, std::string>> announce(Book& book, const Operation& operation) {
    std::vector<std::pair<std::string, std::string>> out;
    const std::string project = project_in(operation);
    const std::string id = operation.text({"run", "runName"});
    Run* run = book.runs.find(project, id);
    const Json& files = operation.value("files");
    for (std::size_t at = 0; files.is_array() && at < std::min(files.size(), files_a_call); ++at) {
        if (!files[at].is_string()) {
            continue;
        }
        const std::string& name = files[at].get_ref<const std::string&>();
        const Upload upload = run_upload(project, id, name);
        if (run != nullptr && upload.of == Upload::Of::Run) {
            (void)book.runs.file(*run, run->files, name);
        } else if (run != nullptr) {
            ++run->files_left_out;
        }
        out.emplace_back(name, book.settings.base_url + upload.path());
    }
    return out;
}

Result<Json> answer_run_files(Book& book, const Operation& operation) {
    Json files = Json::array();
    for (const auto& [name, url] : announce(book, operation)) {
        files.push_back({{"name", name}, {"uploadUrl", url}});
    }
    return Json{{"createRunFiles",
                 {{"runID", to_base64("Run:" + operation.text({"run"}))},
                  {"uploadHeaders", Json::array()},
                  {"files", std::move(files)}}}};
}

// How servers were asked before createRunFiles.
Result<Json> answer_upload_urls(Book& book, const Operation& operation) {
    Json edges = Json::array();
    for (const auto& [name, url] : announce(book, operation)) {
        edges.push_back({{"node", {{"name", name}, {"url", url}, {"updatedAt", nullptr}}}});
    }
    return Json{{"model",
                 {{"bucket",
                   {{"id", to_base64("Run:" + operation.text({"run"}))},
                    {"files", {{"uploadHeaders", Json::array()}, {"edges", std::move(edges)}}}}}}}};
}

Result<Json> answer_files_uploaded(Book&, const Operation&) {
    return Json{{"markRunFilesUploaded", {{"success", true}}}};
}

Result<Json> answer_alert(Book& book, const Operation& operation) {
    if (Run* run = book.runs.find(project_in(operation), operation.text({"runName"}))) {
        ++run->alerts;
    }
    return Json{{"notifyScriptableRunAlert", {{"success", true}}}};
}

Result<Json> answer_queues(Book&, const Operation&) {
    return Json{{"project", {{"runQueues", Json::array()}}}};
}

struct RunOperation {
    std::string_view name;
    Answer answer;
};
constexpr RunOperation run_operations[] = {
    {"Viewer", answer_viewer},
    {"GetDefaultEntity", answer_viewer},
    {"ServerFeaturesQuery", answer_features},
    {"ProbeServerCapabilities", answer_types},
    {"ProbeServerSettings", answer_types},
    {"ProbeServerArtifact", answer_types},
    {"ProbeServerCreateArtifactInput", answer_types},
    {"ProbeServerCreateArtifactFileSpecInput", answer_types},
    {"ProbeServerUseArtifactInput", answer_types},
    {"UpsertBucket", answer_upsert},
    {"RunResumeStatus", answer_resume},
    {"RunStoppedStatus", answer_stopped},
    {"CreateRunFiles", answer_run_files},
    {"RunUploadUrls", answer_upload_urls},
    {"MarkRunFilesUploaded", answer_files_uploaded},
    {"NotifyScriptableRunAlert", answer_alert},
    {"ProjectRunQueues", answer_queues},
};

} // namespace

Answer run_answer(std::string_view name) {
    for (const auto& [known, answer] : run_operations) {
        if (known == name) {
            return answer;
        }
    }
    return nullptr;
}

} // namespace pedigree::trackers::wandb

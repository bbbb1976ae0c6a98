#include "trackers/clearml/observed.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "net/url.h"
#include "trackers/clearml/files.h"

namespace pedigree::trackers::clearml {
namespace {

using records::pod::ObservedArtifact;
using records::pod::ObservedGap;

constexpr std::size_t name_bytes = 200;

std::string text_in(const Json& value) {
    return value.is_string() ? value.get<std::string>() : json_text(value);
}

void add_parameters(std::map<std::string, std::string>& parameters, const Task& task) {
    const Json sections = field(task.fields, "hyperparams");
    for (const auto& [section, members] : sections.items()) {
        if (members.is_object()) {
            for (const auto& [name, item] : members.items()) {
                parameters[fmt::format("{}/{}", section, name)] = text_in(at_path(item, {"value"}));
            }
        }
    }
    const Json objects = field(task.fields, "configuration");
    for (const auto& [name, item] : objects.items()) {
        parameters["configuration/" + name] = text_in(at_path(item, {"value"}));
    }
}

std::string last_part(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

void add_file(ObservedArtifact& artifact, std::string path, const File& file) {
    artifact.files.push_back(
        {std::move(path), file.sha256.text(), static_cast<std::int64_t>(file.bytes)});
    artifact.file_count += 1;
    artifact.bytes += static_cast<std::int64_t>(file.bytes);
}

// "" for an address of others.
std::string path_of(const Book& book, std::string_view address) {
    return file_of(book.settings, address).value_or(std::string());
}

ObservedArtifact artifact_at(const Book& book, const Task& task, std::string_view address) {
    ObservedArtifact out;
    out.source = "ClearML";
    out.location = public_address(book.settings, address);
    out.run_id = task.id;
    const std::string path = path_of(book, address);
    const auto file = book.files.find(path);
    if (file != book.files.end()) {
        add_file(out, last_part(path), file->second);
        out.digest = file->second.sha256.text();
    }
    return out;
}

} // namespace

records::pod::ObservedRun observed_run(const Book& book, const Task& task) {
    records::pod::ObservedRun out;
    out.tracker = "ClearML";
    out.in_files = true;
    out.run_id = task.id;
    out.experiment_id = book.task_project_name(task);
    out.name = text_of(task.fields, "name");
    const bool ended = task.status != TaskStatus::Created && task.status != TaskStatus::InProgress;
    out.status = ended ? std::string(to_string(task.status)) : "";
    add_parameters(out.parameters, task);
    for (const auto& [key, series] : task.metrics) {
        out.metrics[key] = series.whole();
    }
    out.parameter_count = static_cast<std::int64_t>(out.parameters.size());
    out.metric_count = static_cast<std::int64_t>(out.metrics.size());
    out.logged = task.logged;
    if (task.console_lines > 0) {
        out.logged["console"] = task.console_lines;
    }
    return out;
}

std::vector<ObservedArtifact> observed_artifacts(const Book& book, const Task& task) {
    std::vector<ObservedArtifact> out;
    std::vector<std::string> named;
    for (const auto& [key, artifact] : task.artifacts) {
        ObservedArtifact one = artifact_at(book, task, artifact.uri);
        one.name = key;
        one.kind = "Artifact";
        named.push_back(path_of(book, artifact.uri));
        out.push_back(std::move(one));
    }
    const Json models = field(task.fields, "models");
    for (const Json& link : at_path(models, {"output"})) {
        const auto model = book.models.find(string_or(link, "model"));
        if (model == book.models.end()) {
            continue;
        }
        const std::string uri = text_of(model->second.fields, "uri");
        ObservedArtifact one = artifact_at(book, task, uri);
        one.name = text_of(model->second.fields, "name");
        one.kind = "Model";
        named.push_back(path_of(book, uri));
        out.push_back(std::move(one));
    }
    // The SDK's own folder of a task is "<project>/<name>.<id>/".
    ObservedArtifact others{
        .name = "files", .kind = "Artifact", .source = "ClearML", .run_id = task.id};
    const std::string mark = "." + task.id + "/";
    for (const auto& [file_path, file] : book.files) {
        const std::size_t at = file_path.find(mark);
        if (at != file_path.npos &&
            std::find(named.begin(), named.end(), file_path) == named.end()) {
            add_file(others, file_path.substr(at + mark.size()), file);
            others.location = book.settings.public_files + "/" + // an address, as the others are
                              net::percent_encode(file_path.substr(0, at + mark.size()), "/");
        }
    }
    if (!others.files.empty()) {
        out.push_back(std::move(others));
    }
    return out;
}

std::vector<ObservedGap> observed_gaps(const Book& book) {
    std::vector<ObservedGap> out;
    const auto add = [&](std::string sentence) {
        out.push_back({"NotSeenByRecorder", std::move(sentence)});
    };
    for (const auto& [id, task] : book.tasks) {
        const std::pair<const char*, std::int64_t> counts[] = {
            {"events that could not be read", task->events_unreadable},
            {"values of metrics beyond what a pod may have", task->keys_left_out},
            {"texts that had no room", task->texts_left_out},
            {"artifacts that had no room", task->artifacts_left_out}};
        for (const auto& [what, count] : counts) {
            if (count > 0) {
                add(fmt::format("ClearML task {}: {} {}", id, count, what));
            }
        }
        for (const auto& [key, artifact] : task->artifacts) {
            const auto path = file_of(book.settings, artifact.uri);
            const auto file = path ? book.files.find(*path) : book.files.end();
            const std::string name = clean_text(key, name_bytes);
            if (path && file == book.files.end()) {
                add(fmt::format("ClearML task {}: artifact {} was announced, its file did not come",
                                id, name));
            } else if (path && !artifact.hash.empty() &&
                       artifact.hash != file->second.sha256.hex()) {
                add(fmt::format("ClearML task {}: the file of artifact {} is not what the script "
                                "said of it",
                                id, name));
            }
        }
    }
    const std::pair<const char*, std::int64_t> counts[] = {
        {"events of no task that is known", book.events_of_no_task},
        {"calls that could not be read", book.calls_unreadable},
        {"files beyond what a pod may have", book.files_left_out}};
    for (const auto& [what, count] : counts) {
        if (count > 0) {
            add(fmt::format("ClearML: {} {}", count, what));
        }
    }
    return out;
}

} // namespace pedigree::trackers::clearml

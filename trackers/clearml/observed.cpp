#include "trackers/clearml/observed.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "trackers/clearml/files.h"

namespace pedigree::trackers::clearml {
namespace {

using records::pod::ObservedArtifact;

constexpr const char* others_name = "files";

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

// Of "a/b", "a/"; of "b", "".
std::string folder_of(std::string_view path) {
    return std::string(path.substr(0, path.rfind('/') + 1));
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
    out.run_id = task.id;
    const std::string path = path_of(book, address);
    out.location = path.empty() ? "" : place_of(folder_of(path));
    const auto file = book.files.find(path);
    if (file != book.files.end()) {
        add_file(out, last_part(path), file->second);
        out.digest = file->second.sha256.text();
    }
    return out;
}

} // namespace

std::string place_of(std::string_view file_path) {
    return "files/" + std::string(file_path);
}

records::pod::ObservedRun observed_run(const Book& book, const Task& task, Points points) {
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
        out.metrics[key] = points == Points::Take ? series.whole() : series.summary();
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
    // The SDK's own folder of a task is "<project>/<name>.<id>/"; a task that was renamed has two.
    const std::string mark = "." + task.id + "/";
    std::map<std::string, ObservedArtifact> others;
    for (const auto& [path, file] : book.files) {
        const std::size_t at = path.find(mark);
        if (at == path.npos || std::find(named.begin(), named.end(), path) != named.end()) {
            continue;
        }
        const std::string folder = path.substr(0, at + mark.size());
        ObservedArtifact& one = others[folder];
        one.name = task.id + "/" + others_name;
        one.kind = "Artifact";
        one.source = "ClearML";
        one.run_id = task.id;
        one.location = place_of(folder);
        add_file(one, path.substr(folder.size()), file);
    }
    for (auto& [folder, one] : others) {
        out.push_back(std::move(one));
    }
    return out;
}

std::vector<ObservedArtifact> observed_strays(const Book& book) {
    std::set<std::string> taken;
    for (const auto& [id, task] : book.tasks) {
        for (const ObservedArtifact& artifact : observed_artifacts(book, *task)) {
            for (const auto& file : artifact.files) {
                taken.insert(artifact.location + file.path);
            }
        }
    }
    ObservedArtifact strays{
        .name = others_name, .kind = "Artifact", .source = "ClearML", .location = place_of("")};
    for (const auto& [path, file] : book.files) {
        if (!taken.contains(place_of(path))) {
            add_file(strays, path, file);
        }
    }
    return strays.files.empty() ? std::vector<ObservedArtifact>() : std::vector{std::move(strays)};
}

} // namespace pedigree::trackers::clearml

// A task as ClearML's API tells it: what the script set, and what follows from its other calls.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "trackers/clearml/answers.h"

namespace pedigree::trackers::clearml {
namespace {

// The SDK polls these; a script that is to stop sees them as ClearML's page would make them.
constexpr const char* stopping = "stopping";

Json execution_view(const Task& task) {
    Json execution = field(task.fields, "execution");
    Json artifacts = Json::array();
    for (const auto& [key, artifact] : task.artifacts) {
        if (auto entry = parse_json(artifact.text); entry && !artifact.deleted) {
            artifacts.push_back(*std::move(entry));
        }
    }
    execution["artifacts"] = std::move(artifacts);
    return execution;
}

Json models_view(const Task& task) {
    Json models = field(task.fields, "models");
    for (const char* kind : {"input", "output"}) {
        if (!at_path(models, {kind}).is_array()) {
            models[kind] = Json::array();
        }
    }
    return models;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

// Members that the SDK goes into without asking whether they are there.
void add_empty(Json& view) {
    for (const char* name :
         {"configuration", "container", "hyperparams", "output", "runtime", "script"}) {
        if (!view.contains(name)) {
            view[name] = Json::object();
        }
    }
    for (const char* name : {"tags", "system_tags"}) {
        if (!view.contains(name)) {
            view[name] = Json::array();
        }
    }
}

Json whole_view(const Book& book, const Task& task) {
    Json view = Json::object();
    for (const auto& [name, text] : task.fields) {
        view[name] = field(task.fields, name);
    }
    add_empty(view);
    view["id"] = task.id;
    view["user"] = view["company"] = book.settings.user;
    view["project"] = text_or_null(task.project);
    view["status"] = std::string(to_string(task.status));
    view["status_reason"] = task.status_reason;
    view["status_message"] =
        task.stop_wanted && task.status == TaskStatus::InProgress ? stopping : task.status_message;
    view["created"] = text_or_null(task.created);
    view["started"] = text_or_null(task.started);
    view["completed"] = text_or_null(task.completed);
    view["last_update"] = text_or_null(book.now);
    // A prepared task that is taken up once more would else have its iterations shifted by this.
    view["last_iteration"] = task.prepared ? 0 : task.last_iteration.value_or(0);
    view["execution"] = execution_view(task);
    view["models"] = models_view(task);
    return view;
}

} // namespace

Json task_view(const Book& book, const Task& task, const std::vector<std::string>& only) {
    Json view = whole_view(book, task);
    if (only.empty()) {
        return view;
    }
    Json chosen{{"id", task.id}};
    for (const std::string& name : only) {
        const std::string top = name.substr(0, name.find('.'));
        if (view.contains(top)) {
            chosen[top] = view[top];
        }
    }
    return chosen;
}

} // namespace pedigree::trackers::clearml

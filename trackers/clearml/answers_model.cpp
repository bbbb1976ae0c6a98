// Calls about models and projects.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "trackers/clearml/answers.h"
#include "trackers/clearml/filter.h"

namespace pedigree::trackers::clearml {
namespace {

// What a script may set in a model.
constexpr std::array<std::string_view, 15> model_fields = {
    "comment", "design", "framework",   "iteration", "labels", "metadata", "name", "parent",
    "project", "ready",  "system_tags", "tags",      "task",   "ui_cache", "uri"};

tl::unexpected<Error> no_room() {
    return failure(ErrorCode::TooLarge, "pedigree: a pod's models take more room than they may");
}

Result<Json> take_model_fields(Book& book, Model& model, const Request& request) {
    Json changed = Json::object();
    for (const auto& [key, value] : request.body->items()) {
        if (std::find(model_fields.begin(), model_fields.end(), key) != model_fields.end()) {
            if (!book.set(model.fields, key, json_text(value))) {
                return no_room();
            }
            changed[key] = value;
        }
    }
    return changed;
}

Result<Model*> model_of(Book& book, std::string_view id) {
    const auto found = book.models.find(id);
    if (found == book.models.end()) {
        return failure(ErrorCode::NotFound, fmt::format("pedigree: no model {} in this pod",
                                                        id.empty() ? "(no id)" : id));
    }
    return &found->second;
}

Json model_view(const Book& book, const Model& model) {
    Json view{{"labels", Json::object()},
              {"tags", Json::array()},
              {"system_tags", Json::array()},
              {"ready", false},
              {"metadata", Json::object()}};
    for (const auto& [name, text] : model.fields) {
        view[name] = field(model.fields, name);
    }
    view["id"] = model.id;
    view["user"] = view["company"] = book.settings.user;
    return view;
}

Result<Json> create_model(Book& book, const Request& request) {
    TRY(Model * model, book.add_model());
    TRY(take_model_fields(book, *model, request));
    return Json{{"id", model->id}, {"created", true}};
}

Result<Json> edit_model(Book& book, const Request& request) {
    TRY(Model * model, model_of(book, request.text("model")));
    TRY(Json changed, take_model_fields(book, *model, request));
    return updated(std::move(changed));
}

Result<Json> get_model(Book& book, const Request& request) {
    TRY(const Model* model, model_of(book, request.text("model")));
    return Json{{"model", model_view(book, *model)}};
}

Result<Json> get_models(Book& book, const Request& request) {
    TRY(const Filter filter, read_filter(request));
    Json models = Json::array();
    for (const auto& [id, model] : book.models) {
        if (Filter::allows(filter.ids, id) &&
            Filter::allows(filter.projects, text_of(model.fields, "project")) &&
            filter.allows_name(text_of(model.fields, "name"))) {
            models.push_back(model_view(book, model));
        }
    }
    return Json{{"models", std::move(models)}};
}

Result<Json> set_ready(Book& book, const Request& request) {
    TRY(Model * model, model_of(book, request.text("model")));
    if (!book.set(model->fields, "ready", "true")) {
        return no_room();
    }
    return updated();
}

// The model that the task has as its output under this name, made if there is none.
Result<Json> update_for_task(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    const std::string name = request.text("name").empty() ? "Output Model" : request.text("name");
    Json models = field(task->fields, "models");
    std::string id = request.text("override_model_id");
    for (const Json& one : at_path(models, {"output"})) {
        id = id.empty() && string_or(one, "name") == name ? string_or(one, "model") : id;
    }
    const bool made = !book.models.contains(id);
    Model* model = nullptr;
    if (made) {
        TRY(model, book.add_model());
        Json& outputs = models["output"];
        outputs = outputs.is_array() ? std::move(outputs) : Json::array();
        outputs.push_back({{"name", name}, {"model", model->id}});
        book.set(*task, "models", models);
    } else {
        model = &book.models.find(id)->second;
    }
    TRY(Json changed, take_model_fields(book, *model, request));
    Json answer = updated(std::move(changed));
    answer["id"] = model->id;
    answer["created"] = made;
    return answer;
}

// metadata: {key: {"key", "type", "value"}}
Result<Json> add_metadata(Book& book, const Request& request) {
    TRY(Model * model, model_of(book, request.text("model")));
    Json all = field(model->fields, "metadata");
    if (!all.is_object() || bool_or(*request.body, "replace_metadata")) {
        all = Json::object();
    }
    const Json& list = request.value("metadata");
    for (const Json& one : list.is_array() ? list : Json::array()) {
        all[string_or(one, "key")] = one;
    }
    if (!book.set(model->fields, "metadata", json_text(all))) {
        return no_room();
    }
    return updated();
}

Json project_view(const Book& book, const Project& project) {
    return {{"id", project.id},
            {"name", project.name},
            {"description", ""},
            {"user", book.settings.user},
            {"company", book.settings.user},
            {"tags", Json::array()},
            {"system_tags", Json::array()},
            {"default_output_destination", nullptr}};
}

Result<Json> create_project(Book& book, const Request& request) {
    TRY(const Project* project, book.project_named(request.text("name")));
    return Json{{"id", project->id}};
}

Result<Json> get_project(Book& book, const Request& request) {
    const auto found = book.projects.find(request.text("project"));
    if (found == book.projects.end()) {
        return failure(ErrorCode::NotFound, "pedigree: no such project in this pod");
    }
    return Json{{"project", project_view(book, found->second)}};
}

Result<Json> get_projects(Book& book, const Request& request) {
    TRY(const Filter filter, read_filter(request));
    Json projects = Json::array();
    for (const auto& [id, project] : book.projects) {
        if (Filter::allows(filter.ids, id) && filter.allows_name(project.name)) {
            projects.push_back(project_view(book, project));
        }
    }
    return Json{{"projects", std::move(projects)}};
}

} // namespace

Answer model_answer(std::string_view name) {
    static constexpr std::pair<std::string_view, Answer> table[] = {
        {"models.add_or_update_metadata", add_metadata},
        {"models.create", create_model},
        {"models.edit", edit_model},
        {"models.get_all", get_models},
        {"models.get_by_id", get_model},
        {"models.set_ready", set_ready},
        {"models.update", edit_model},
        {"models.update_for_task", update_for_task},
        {"projects.create", create_project},
        {"projects.get_all", get_projects},
        {"projects.get_by_id", get_project}};
    const auto found = std::find_if(std::begin(table), std::end(table),
                                    [&](const auto& row) { return row.first == name; });
    return found == std::end(table) ? nullptr : found->second;
}

} // namespace pedigree::trackers::clearml

// Calls about tasks: made, told, changed; their artifacts and models.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "trackers/clearml/answers.h"
#include "trackers/clearml/filter.h"

namespace pedigree::trackers::clearml {
namespace {

// What a script may set in a task, and of which type it is; other members have calls of their own.
constexpr std::array<std::string_view, 4> settable_texts = {"comment", "name", "parent", "type"};
constexpr std::array<std::string_view, 2> settable_lists = {"system_tags", "tags"};
constexpr std::array<std::string_view, 8> settable_objects = {
    "configuration", "container", "execution", "hyperparams",
    "models",        "output",    "runtime",   "script"};

template <std::size_t count>
bool is_among(const std::array<std::string_view, count>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Of another type than ClearML's, or none that a script sets: left as it was.
bool is_settable(std::string_view name, const Json& value) {
    return (is_among(settable_texts, name) && value.is_string()) ||
           (is_among(settable_lists, name) && value.is_array()) ||
           (is_among(settable_objects, name) && value.is_object());
}

Json take_fields(Book& book, Task& task, const Request& request) {
    Json changed = Json::object();
    for (const auto& [key, value] : request.body->items()) {
        if (is_settable(key, value)) {
            book.set(task, key, value);
            changed[key] = value;
        }
    }
    if (request.value("output_dest").is_string()) {
        book.set(task, "output", {{"destination", request.value("output_dest")}});
    }
    if (book.projects.contains(request.text("project"))) {
        task.project = request.text("project");
    }
    return changed;
}

Result<Json> create(Book& book, const Request& request) {
    if (request.text("name").empty()) {
        return failure(ErrorCode::InvalidInput, "pedigree: a task needs a name");
    }
    TRY(Task * task, book.add_task());
    take_fields(book, *task, request);
    return Json{{"id", task->id}};
}

Result<Json> get_by_id(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    return Json{{"task", task_view(book, *task)}};
}

Result<Json> get_all(Book& book, const Request& request) {
    TRY(const Filter filter, read_filter(request));
    Json tasks = Json::array();
    for (const auto& [id, task] : book.tasks) {
        if (!task->deleted && Filter::allows(filter.ids, id) &&
            Filter::allows(filter.projects, task->project) &&
            Filter::allows(filter.statuses, to_string(task->status)) &&
            Filter::allows(filter.types, text_of(task->fields, "type")) &&
            Filter::allows(filter.parents, text_of(task->fields, "parent")) &&
            filter.allows_name(text_of(task->fields, "name"))) {
            tasks.push_back(task_view(book, *task, request.texts("only_fields")));
        }
    }
    return Json{{"tasks", std::move(tasks)}};
}

Result<Json> edit(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    return updated(take_fields(book, *task, request));
}

Result<Json> set_requirements(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    Json script = field(task->fields, "script");
    script["requirements"] = request.value("requirements"); // of null it makes an object
    book.set(*task, "script", script);
    return updated();
}

Result<Json> delete_task(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    task->deleted = true;
    return Json{{"deleted", true}};
}

Result<Json> add_artifacts(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    const Json& list = request.value("artifacts");
    if (!list.is_array()) {
        return failure(ErrorCode::InvalidInput, "pedigree: artifacts is a list");
    }
    for (const Json& one : list) {
        const std::string key = string_or(one, "key");
        if (!one.is_object() || key.empty()) {
            return failure(ErrorCode::InvalidInput, "pedigree: an artifact needs a key");
        }
        book.add_artifact(*task, key,
                          {.type = string_or(one, "type"),
                           .uri = string_or(one, "uri"),
                           .hash = string_or(one, "hash"),
                           .text = json_text(one),
                           .bytes = integer_or(one, "content_size")});
    }
    return updated();
}

// The record keeps what was sent; the script is not told of it any more.
Result<Json> delete_artifacts(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    const Json& list = request.value("artifacts");
    for (const Json& one : list.is_array() ? list : Json::array()) {
        const auto found = task->artifacts.find(string_or(one, "key"));
        if (found != task->artifacts.end()) {
            found->second.deleted = true;
        }
    }
    return Json{{"deleted", 1}};
}

// models: {"input": [{"name", "model"}], "output": [..]}
Result<Json> add_model(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    const std::string kind = request.text("type");
    if (kind != "input" && kind != "output") {
        return failure(ErrorCode::InvalidInput, "pedigree: a task's model is input or output");
    }
    if (!book.models.contains(request.text("model"))) {
        return failure(ErrorCode::NotFound, "pedigree: no such model in this pod");
    }
    Json models = field(task->fields, "models");
    Json kept = Json::array();
    for (const Json& one : at_path(models, {kind})) {
        if (string_or(one, "name") != request.text("name")) {
            kept.push_back(one);
        }
    }
    kept.push_back({{"name", request.text("name")}, {"model", request.text("model")}});
    models[kind] = std::move(kept);
    book.set(*task, "models", models);
    return updated();
}

} // namespace

Answer task_answer(std::string_view name) {
    static constexpr std::pair<std::string_view, Answer> table[] = {
        {"tasks.add_or_update_artifacts", add_artifacts},
        {"tasks.add_or_update_model", add_model},
        {"tasks.create", create},
        {"tasks.delete", delete_task},
        {"tasks.delete_artifacts", delete_artifacts},
        {"tasks.edit", edit},
        {"tasks.get_all", get_all},
        {"tasks.get_by_id", get_by_id},
        {"tasks.set_requirements", set_requirements},
        {"tasks.update", edit}};
    const auto found = std::find_if(std::begin(table), std::end(table),
                                    [&](const auto& row) { return row.first == name; });
    return found == std::end(table) ? nullptr : found->second;
}

} // namespace pedigree::trackers::clearml

// Calls about single hyperparameters and configuration objects, which tasks.edit sets as a whole:
//
//     hyperparams:   {"Args": {"epochs": {"section", "name", "value", "type", "description"}}}
//     configuration: {"net": {"name", "value", "type", "description"}}
#include <algorithm>

#include <nlohmann/json.hpp>

#include "trackers/clearml/answers.h"

namespace pedigree::trackers::clearml {
namespace {

Json object_field(const Task& task, std::string_view name) {
    Json value = field(task.fields, name);
    return value.is_object() ? value : Json::object();
}

const Json& list_in(const Request& request, std::string_view key) {
    static const Json none = Json::array();
    const Json& list = request.value(key);
    return list.is_array() ? list : none;
}

Result<Json> edit_hyper_params(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    const std::string replace = request.text("replace_hyperparams");
    Json all = replace == "all" ? Json::object() : object_field(*task, "hyperparams");
    const Json& items = list_in(request, "hyperparams");
    for (const Json& item : items) {
        if (replace == "section") {
            all.erase(string_or(item, "section"));
        }
    }
    for (const Json& item : items) {
        if (string_or(item, "section").empty() || string_or(item, "name").empty()) {
            return failure(ErrorCode::InvalidInput,
                           "pedigree: a hyperparameter needs a section and a name");
        }
        Json& section = all[string_or(item, "section")];
        section = section.is_object() ? std::move(section) : Json::object();
        section[string_or(item, "name")] = item;
    }
    book.set(*task, "hyperparams", all);
    return Json{{"updated", 1}};
}

// An item without a name takes its section out.
Result<Json> delete_hyper_params(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    Json all = object_field(*task, "hyperparams");
    for (const Json& item : list_in(request, "hyperparams")) {
        const auto section = all.find(string_or(item, "section"));
        if (section == all.end()) {
            continue;
        }
        const std::string name = string_or(item, "name");
        if (name.empty()) {
            all.erase(section);
        } else if (section->is_object()) {
            section->erase(name);
        }
    }
    book.set(*task, "hyperparams", all);
    return Json{{"deleted", 1}};
}

Result<Json> get_hyper_params(Book& book, const Request& request) {
    Json params = Json::array();
    for (const std::string& id : request.texts("tasks")) {
        const Task* task = book.task(id);
        if (task == nullptr) {
            continue;
        }
        Json items = Json::array();
        const Json sections = object_field(*task, "hyperparams");
        for (const auto& [section, members] : sections.items()) {
            for (const Json& item : members) {
                items.push_back(item);
            }
        }
        params.push_back({{"task", id}, {"hyperparams", std::move(items)}});
    }
    return Json{{"params", std::move(params)}};
}

Result<Json> edit_configuration(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    Json all = bool_or(*request.body, "replace_configuration")
                   ? Json::object()
                   : object_field(*task, "configuration");
    for (const Json& item : list_in(request, "configuration")) {
        if (string_or(item, "name").empty()) {
            return failure(ErrorCode::InvalidInput, "pedigree: a configuration needs a name");
        }
        all[string_or(item, "name")] = item;
    }
    book.set(*task, "configuration", all);
    return Json{{"updated", 1}};
}

Result<Json> delete_configuration(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    Json all = object_field(*task, "configuration");
    for (const std::string& name : request.texts("configuration")) {
        all.erase(name);
    }
    book.set(*task, "configuration", all);
    return Json{{"deleted", 1}};
}

Result<Json> get_configurations(Book& book, const Request& request) {
    const std::vector<std::string> names = request.texts("names");
    Json found = Json::array();
    for (const std::string& id : request.texts("tasks")) {
        const Task* task = book.task(id);
        if (task == nullptr) {
            continue;
        }
        Json items = Json::array();
        const Json all = object_field(*task, "configuration");
        for (const auto& [name, item] : all.items()) {
            if (names.empty() || std::find(names.begin(), names.end(), name) != names.end()) {
                items.push_back(item);
            }
        }
        found.push_back({{"task", id}, {"configuration", std::move(items)}});
    }
    return Json{{"configurations", std::move(found)}};
}

} // namespace

Answer parameter_answer(std::string_view name) {
    static constexpr std::pair<std::string_view, Answer> table[] = {
        {"tasks.delete_configuration", delete_configuration},
        {"tasks.delete_hyper_params", delete_hyper_params},
        {"tasks.edit_configuration", edit_configuration},
        {"tasks.edit_hyper_params", edit_hyper_params},
        {"tasks.get_configurations", get_configurations},
        {"tasks.get_hyper_params", get_hyper_params}};
    const auto found = std::find_if(std::begin(table), std::end(table),
                                    [&](const auto& row) { return row.first == name; });
    return found == std::end(table) ? nullptr : found->second;
}

} // namespace pedigree::trackers::clearml

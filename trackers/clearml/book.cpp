#include "trackers/clearml/book.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr std::size_t id_digits = 32;

tl::unexpected<Error> too_many(std::string_view what, std::size_t most) {
    return failure(ErrorCode::TooLarge, fmt::format("pedigree: a pod may have {} {}", most, what));
}

} // namespace

Words<TaskStatus> words_of(TaskStatus) {
    static constexpr Word<TaskStatus> table[] = {
        {TaskStatus::Created, "created"}, {TaskStatus::InProgress, "in_progress"},
        {TaskStatus::Stopped, "stopped"}, {TaskStatus::Completed, "completed"},
        {TaskStatus::Failed, "failed"},   {TaskStatus::Published, "published"}};
    return table;
}

std::string Book::new_id(std::string_view kind) {
    return sha256(fmt::format("{}/{}/{}", settings.seed, kind, ++ids_)).hex().substr(0, id_digits);
}

Task* Book::task(std::string_view id) {
    const auto found = tasks.find(id);
    return found == tasks.end() || found->second->deleted ? nullptr : found->second.get();
}

std::string Book::task_project_name(const Task& task) const {
    const auto found = projects.find(task.project);
    return found == projects.end() ? std::string() : found->second.name;
}

Result<Task*> Book::add_task(std::string id) {
    if (tasks.size() >= clearml_tasks_max) {
        return too_many("tasks", clearml_tasks_max);
    }
    auto task = std::make_unique<Task>();
    task->id = id.empty() ? new_id("task") : std::move(id);
    task->created = now;
    Task* added = task.get();
    tasks[added->id] = std::move(task);
    return added;
}

Result<Model*> Book::add_model() {
    if (models.size() >= clearml_models_max) {
        return too_many("models", clearml_models_max);
    }
    const std::string id = new_id("model");
    Model& model = models[id];
    model.id = id;
    return &model;
}

Result<Project*> Book::project_named(std::string_view name) {
    const auto known = std::find_if(projects.begin(), projects.end(),
                                    [&](const auto& one) { return one.second.name == name; });
    if (known != projects.end()) {
        return &known->second;
    }
    if (name.empty() || name.size() > clearml_name_bytes_max || !is_utf8(name)) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("pedigree: a project's name has 1 to {} bytes of UTF-8",
                                   clearml_name_bytes_max));
    }
    if (projects.size() >= clearml_projects_max) {
        return too_many("projects", clearml_projects_max);
    }
    const std::string id = new_id("project");
    Project& project = projects[id];
    project = {id, std::string(name)};
    return &project;
}

bool Book::set(Fields& fields, std::string_view name, std::string text) {
    const auto found = fields.find(name);
    const std::size_t before = found == fields.end() ? 0 : found->second.size();
    if (text_bytes_ - before + text.size() > clearml_texts_bytes_max) {
        return false;
    }
    text_bytes_ += text.size() - before;
    fields[std::string(name)] = std::move(text);
    return true;
}

void Book::set(Task& task, std::string_view name, const Json& value) {
    if (!set(task.fields, name, json_text(value))) {
        ++task.texts_left_out;
    }
}

bool Book::add_artifact(Task& task, std::string key, Artifact artifact) {
    const auto found = task.artifacts.find(key);
    const bool known = found != task.artifacts.end();
    const std::size_t before = known ? found->second.text.size() : 0;
    if ((!known && artifacts_ >= clearml_artifacts_max) ||
        text_bytes_ - before + artifact.text.size() > clearml_texts_bytes_max) {
        ++task.artifacts_left_out;
        return false;
    }
    artifacts_ += known ? 0 : 1;
    text_bytes_ += artifact.text.size() - before;
    task.artifacts[std::move(key)] = std::move(artifact);
    return true;
}

void Book::add_value(Task& task, AllSeries& of, std::string_view key, std::int64_t step,
                     double value) {
    ++task.values;
    auto found = of.find(key);
    if (found == of.end()) {
        if (key.size() > clearml_key_bytes_max || keys_ >= clearml_keys_max ||
            of.size() >= clearml_keys_per_task_max) {
            ++task.keys_left_out;
            return;
        }
        ++keys_;
        found = of.emplace(std::string(key), Series(points_each_)).first;
    }
    const std::size_t before = found->second.points();
    found->second.add(step, value);
    points_ += found->second.points();
    points_ -= before;
    if (points_ > clearml_points_max && points_each_ > series_points_min) {
        share_points();
    }
}

// All have half as many as before: what is kept is spread over all metrics alike.
void Book::share_points() {
    points_each_ = std::max(points_each_ / 2, series_points_min);
    points_ = 0;
    for (const auto& [id, task] : tasks) {
        for (AllSeries* of : {&task->metrics, &task->system}) {
            for (auto& [key, series] : *of) {
                series.shrink(points_each_);
                points_ += series.points();
            }
        }
    }
}

bool Book::has_room_for(std::string_view path) const {
    return files.contains(path) || files.size() < clearml_files_max;
}

void Book::file_came(std::string_view path, File file) {
    if (!has_room_for(path)) {
        ++files_left_out;
        return;
    }
    files[std::string(path)] = file;
}

Json field(const Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    if (found == fields.end()) {
        return nullptr;
    }
    auto value = parse_json(found->second);
    return value ? *std::move(value) : Json(nullptr);
}

std::string text_of(const Fields& fields, std::string_view name) {
    const Json value = field(fields, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

} // namespace pedigree::trackers::clearml

#include "trackers/clearml/answers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree::trackers::clearml {
namespace {

// What the SDK reads of what was logged before, here or elsewhere.
constexpr std::array<std::string_view, 14> reads = {"events.debug_images",
                                                    "events.get_scalar_metrics_and_variants",
                                                    "events.get_task_events",
                                                    "events.get_task_latest_scalar_values",
                                                    "events.get_task_log",
                                                    "events.get_task_metrics",
                                                    "events.get_task_plots",
                                                    "events.get_task_single_value_metrics",
                                                    "events.scalar_metrics_iter_histogram",
                                                    "events.scalar_metrics_iter_raw",
                                                    "models.get_all_ex",
                                                    "organization.get_tags",
                                                    "projects.get_all_ex",
                                                    "tasks.get_all_ex"};

Result<Json> login(Book& book, const Request&) {
    return Json{{"token", login_token(book.settings.user)}};
}

Answer answer_of(std::string_view name) {
    if (name == "auth.login") {
        return login;
    }
    for (const auto& part : {task_answer, status_answer, parameter_answer, model_answer}) {
        if (const Answer answer = part(name)) {
            return answer;
        }
    }
    return nullptr;
}

std::string refusal_of(std::string_view name) {
    if (standing_of(name) == Standing::NeedsServer) {
        return fmt::format(
            "pedigree: {} reads what was logged before, and no ClearML server stands "
            "behind this pod; take data in through spec.inputs",
            name);
    }
    if (name.starts_with("queues.") || name.starts_with("workers.") || name == "tasks.enqueue" ||
        name == "tasks.dequeue" || name == "tasks.clone") {
        return fmt::format("pedigree: {} is not answered: a task is started as an Experiment, a "
                           "search is spec.search",
                           name);
    }
    return fmt::format("pedigree: {} is not among the calls that are answered in a pod", name);
}

} // namespace

Standing standing_of(std::string_view name) {
    if (answer_of(name) != nullptr || name == "events.add" || name == "events.add_batch") {
        return Standing::Answered;
    }
    return std::find(reads.begin(), reads.end(), name) != reads.end() ? Standing::NeedsServer
                                                                      : Standing::Refused;
}

bool only_asks(std::string_view name) {
    const std::size_t dot = std::min(name.find('.'), name.size() - 1);
    return name == "auth.login" || name == "tasks.ping" || name.substr(dot + 1).starts_with("get_");
}

Result<Json> answer_request(Book& book, const Request& request) {
    const Answer answer = answer_of(request.name);
    if (answer == nullptr) {
        return failure(ErrorCode::Forbidden, refusal_of(request.name));
    }
    return answer(book, request);
}

Result<Task*> named_task(Book& book, const Request& request) {
    const std::string id = request.text("task");
    if (Task* task = book.task(id)) {
        return task;
    }
    return failure(ErrorCode::NotFound,
                   fmt::format("pedigree: no task {} in this pod", id.empty() ? "(no id)" : id));
}

Json updated() {
    return updated(Json::object());
}

Json updated(Json fields) {
    return {{"updated", 1}, {"fields", std::move(fields)}};
}

} // namespace pedigree::trackers::clearml

// Calls about how a task stands. Whatever a script says is taken: how the process really ended is
// known elsewhere.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "trackers/clearml/answers.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr std::size_t reason_bytes = 1000;

Json move_to(Book& book, Task& task, const Request& request, TaskStatus status) {
    task.status = status;
    if (request.value("status_reason").is_string()) {
        task.status_reason = text_front(request.text("status_reason"), reason_bytes);
    }
    if (request.value("status_message").is_string()) {
        task.status_message = text_front(request.text("status_message"), reason_bytes);
    }
    Json fields{{"status", std::string(to_string(status))},
                {"status_reason", task.status_reason},
                {"status_message", task.status_message},
                {"status_changed", book.now},
                {"last_update", book.now}};
    if (status == TaskStatus::InProgress) {
        task.started = book.now;
        task.completed.clear();
        fields["started"] = book.now;
    } else if (status != TaskStatus::Created) {
        task.completed = book.now;
        fields["completed"] = book.now;
    }
    return updated(std::move(fields));
}

Result<Json> started(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    Json answer = move_to(book, *task, request, TaskStatus::InProgress);
    answer["started"] = 1;
    return answer;
}

Result<Json> stopped(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    return move_to(book, *task, request, TaskStatus::Stopped);
}

// As ClearML's server has it: what failed did not complete, unless it is forced.
Result<Json> completed(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    if (task->status == TaskStatus::Failed && !bool_or(*request.body, "force")) {
        return failure(ErrorCode::Conflict, "pedigree: Invalid status change: failed, completed");
    }
    Json answer = move_to(book, *task, request, TaskStatus::Completed);
    answer["published"] = 0;
    return answer;
}

Result<Json> failed(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    return move_to(book, *task, request, TaskStatus::Failed);
}

Result<Json> publish(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    return move_to(book, *task, request, TaskStatus::Published);
}

// A server would delete what the task logged. The record keeps it: what is logged again at the same
// steps adds nothing.
Result<Json> reset(Book& book, const Request& request) {
    TRY(Task * task, named_task(book, request));
    ++task->resets;
    task->last_iteration.reset();
    Json answer = move_to(book, *task, request, TaskStatus::Created);
    answer["deleted_models"] = 0;
    return answer;
}

Result<Json> ping(Book& book, const Request& request) {
    TRY(named_task(book, request));
    return Json::object();
}

} // namespace

Answer status_answer(std::string_view name) {
    static constexpr std::pair<std::string_view, Answer> table[] = {
        {"tasks.completed", completed}, {"tasks.failed", failed},  {"tasks.ping", ping},
        {"tasks.publish", publish},     {"tasks.reset", reset},    {"tasks.started", started},
        {"tasks.stop", stopped},        {"tasks.stopped", stopped}};
    const auto found = std::find_if(std::begin(table), std::end(table),
                                    [&](const auto& row) { return row.first == name; });
    return found == std::end(table) ? nullptr : found->second;
}

} // namespace pedigree::trackers::clearml

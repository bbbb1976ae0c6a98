#include "trackers/clearml/events.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/metric_value.h"
#include "base/text.h"
#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr std::int64_t single_value_iteration = -2147483648; // report_single_value
constexpr std::string_view machine_title = ":monitor:";

void take_log(Task& task, const Json& event) {
    const std::string text = string_or(event, "msg");
    const auto ends = std::count(text.begin(), text.end(), '\n');
    task.console_lines += ends + (text.empty() || text.back() == '\n' ? 0 : 1);
}

// What else is logged, as a record counts it; nothing for a type that is not ClearML's.
const char* kind_of(std::string_view type) {
    return type == "training_debug_image"    ? "images"
           : type == "plot"                  ? "plots"
           : type == "training_stats_vector" ? "vectors"
                                             : nullptr;
}

constexpr double iteration_limit = 9007199254740992.0; // 2^53: beyond, a double is no step

// Scripts say 3.0 for 3, too; none says nothing. Nothing: no iteration that can be.
std::optional<std::int64_t> iteration_of(const Json& event) {
    const Json& iteration = at_path(event, {"iter"});
    if (iteration.is_null()) {
        return 0;
    }
    const double number = MetricValue::from(iteration).number();
    if (!iteration.is_number() || !(std::fabs(number) <= iteration_limit) ||
        std::floor(number) != number) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(number);
}

// False: no scalar that can be kept.
bool take_scalar(Book& book, Task& task, const Json& event, const ScalarSink& on_scalar) {
    const std::string title = string_or(event, "metric");
    const std::string series = string_or(event, "variant");
    const MetricValue value = MetricValue::from(at_path(event, {"value"}));
    const auto iteration = iteration_of(event);
    if (title.empty() || value.empty() || !iteration) {
        return false;
    }
    const bool is_single = *iteration == single_value_iteration;
    const std::int64_t step = is_single ? 0 : *iteration;
    const std::string key = series.empty() ? title : title + "/" + series;
    if (title.starts_with(machine_title)) {
        book.add_value(task, task.system, key, step, value.number());
        return true;
    }
    book.add_value(task, task.metrics, key, step, value.number());
    if (!is_single) {
        task.last_iteration = std::max(step, task.last_iteration.value_or(step));
    }
    if (on_scalar) {
        on_scalar(task, key, step, value.number());
    }
    return true;
}

// False: none that was kept.
bool take_event(Book& book, std::string_view line, const ScalarSink& on_scalar) {
    const auto event = parse_json(line, {.bytes_max = clearml_event_bytes_max});
    Task* task = event ? book.task(string_or(*event, "task")) : nullptr;
    if (task == nullptr) {
        ++book.events_of_no_task;
        return false;
    }
    const std::string type = string_or(*event, "type");
    if (type == "training_stats_scalar") {
        if (take_scalar(book, *task, *event, on_scalar)) {
            return true;
        }
    } else if (type == "log") {
        take_log(*task, *event);
        return true;
    } else if (const char* kind = kind_of(type)) {
        ++task->logged[kind];
        return true;
    }
    ++task->events_unreadable;
    return false;
}

} // namespace

Json take_events(Book& book, std::string_view lines, const ScalarSink& on_scalar) {
    std::int64_t added = 0;
    std::int64_t errors = 0;
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 1, lines.size()));
        if (line.find_first_not_of(" \t\r") != line.npos) {
            ++(take_event(book, line, on_scalar) ? added : errors);
        }
    }
    return {{"added", added}, {"errors", errors}, {"errors_info", Json::object()}};
}

} // namespace pedigree::trackers::clearml

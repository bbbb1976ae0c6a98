#pragma once
// What ClearML's part keeps at most, and what happens beyond (docs/operate/limits.md). What a
// running script logs never becomes an error for it: what does not fit is counted in the task. What
// begins something new (a task, a model, an upload) gets ClearML's own error in words.

#include <cstddef>

namespace pedigree::trackers::clearml {

constexpr std::size_t clearml_event_bytes_max = 4 * 1024 * 1024; // one line of a batch
constexpr std::size_t clearml_tasks_max = 1'000;                 // of one attempt
constexpr std::size_t clearml_projects_max = 1'000;
constexpr std::size_t clearml_models_max = 1'000;
constexpr std::size_t clearml_artifacts_max = 5'000; // of all tasks together
constexpr std::size_t clearml_files_max = 20'000;
constexpr std::size_t clearml_keys_max = 20'000; // of all tasks together
constexpr std::size_t clearml_keys_per_task_max = 10'000;
constexpr std::size_t clearml_key_bytes_max = 512; // title and series
// Of all metrics together; beyond, each of them keeps fewer.
constexpr std::size_t clearml_points_max = 200'000;
// What scripts set in tasks, models and projects: names, parameters, configurations, code.
constexpr std::size_t clearml_texts_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t clearml_name_bytes_max = 1024;          // a file's path, a project's name
constexpr std::size_t clearml_part_head_bytes_max = 8 * 1024; // before a file in an upload
// Of a metric whose steps have gaps: runs of steps that are told apart.
constexpr std::size_t clearml_step_spans_max = 16;

} // namespace pedigree::trackers::clearml

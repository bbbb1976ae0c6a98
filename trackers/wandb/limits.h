#pragma once
// What W&B's part keeps at most, and what happens beyond (docs/operate/limits.md). Nothing here
// ever becomes an error for the script: what does not fit is counted in the run, and the SDK hears
// 200.

#include <cstddef>

namespace pedigree::trackers::wandb {

constexpr std::size_t wandb_row_bytes_max = 4 * 1024 * 1024;     // one row of the history
constexpr std::size_t wandb_record_bytes_max = 16 * 1024 * 1024; // one record of a .wandb file
constexpr std::size_t wandb_runs_max = 1'000;                    // of one attempt
constexpr std::size_t wandb_keys_max = 20'000;                   // of all runs together
constexpr std::size_t wandb_keys_per_run_max = 10'000;
constexpr std::size_t wandb_key_bytes_max = 256;
constexpr std::size_t wandb_points_max = 200'000; // of all metrics together
// Config, summary, metadata, names, notes, tags and aliases of all runs together.
constexpr std::size_t wandb_texts_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t wandb_artifacts_max = 1'000; // of all runs together
constexpr std::size_t wandb_files_max = 20'000;    // of runs and artifacts together
constexpr std::size_t wandb_name_bytes_max = 512;
// Rows that are recognised one by one when they come again; older ones by their step.
constexpr std::size_t wandb_marks_max = 32'768;
constexpr std::size_t wandb_step_spans_max = 4'096;

} // namespace pedigree::trackers::wandb

#pragma once
// Follows what a script writes for TensorBoard: every event file below its working directory, as it
// grows. A folder with such files is a run (event_run.h), named by its path. New files are searched
// for as often as that is cheap, and once more at the end; files that did not grow for a while are
// looked at less often. See trackers/tracker.h.

#include <memory>

#include "trackers/tracker.h"

namespace pedigree::trackers::tensorboard {

constexpr std::int64_t look_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t event_files_max = 10000;
// Of a file in which the script ended an HParams session: it is kept without that end. Most writers
// put little else there; a larger one is kept as it is, and that is said.
constexpr std::int64_t ended_file_bytes_max = 8 * 1024 * 1024;

std::unique_ptr<Follower> follow(const FollowOptions& options);

} // namespace pedigree::trackers::tensorboard

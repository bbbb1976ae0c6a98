#pragma once
// Where event files lie: TensorBoard takes each file for one whose name holds "tfevents", wherever
// it lies, and a folder with such files is a run. A script may write below any folder of its
// working directory, so all of it is searched, the folders nearest to the top first; what is too
// much to be searched is said. Symbolic links are not followed. Blocks.

#include <stop_token>
#include <string>
#include <vector>

#include "base/untrusted_folder.h"

namespace pedigree::trackers::tensorboard {

constexpr std::size_t event_files_max = 10000;
constexpr std::size_t searched_entries_max = 200000;
constexpr std::size_t searched_depth_max = 32;

struct EventFiles {
    std::vector<std::string> paths; // below the folder, sorted
    std::string left_out;           // why there may be more; "" if there are no more
};
EventFiles find_event_files(const UntrustedFolder& folder, std::stop_token stop);

} // namespace pedigree::trackers::tensorboard

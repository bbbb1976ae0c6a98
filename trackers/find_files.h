#pragma once
// Where files of a certain name lie: a script may write below any folder of its working directory,
// so all of it is searched, the folders nearest to the top first; what is too much to be searched
// is said. Symbolic links are not followed. Blocks.

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/untrusted_folder.h"

namespace pedigree::trackers {

constexpr std::size_t searched_entries_max = 200000;
constexpr std::size_t searched_depth_max = 32;

struct WantedFiles {
    bool (*has_name)(std::string_view name); // without the folder
    std::size_t files_max = 0;
    const char* what; // "event files", for messages
};

struct FoundFiles {
    std::vector<std::string> paths; // below the folder, sorted
    std::string left_out;           // why there may be more; "" if there are no more
};
FoundFiles find_files(const UntrustedFolder& folder, const WantedFiles& wanted,
                      std::stop_token stop);

} // namespace pedigree::trackers

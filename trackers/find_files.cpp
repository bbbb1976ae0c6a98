#include "trackers/find_files.h"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "base/text.h"

namespace pedigree::trackers {
namespace {

constexpr std::size_t path_shown_bytes_max = 200;

struct Place {
    std::string path; // "" is the folder itself
    std::size_t depth = 0;
};

Result<std::vector<FolderEntry>> entries_of(const UntrustedFolder& folder, const std::string& path,
                                            std::size_t room) {
    if (path.empty()) {
        return folder.entries(room);
    }
    TRY(const UntrustedFolder here, folder.folder(path));
    return here.entries(room);
}

std::string shown(const std::string& path) {
    return path.empty() ? "the working directory" : clean_text(path, path_shown_bytes_max);
}

} // namespace

FoundFiles find_files(const UntrustedFolder& folder, const WantedFiles& wanted,
                      std::stop_token stop) {
    FoundFiles found;
    std::size_t room = searched_entries_max;
    std::deque<Place> left{{"", 0}};
    while (!left.empty() && !stop.stop_requested()) {
        const Place here = std::move(left.front());
        left.pop_front();
        const auto entries = entries_of(folder, here.path, room);
        if (!entries && entries.error().code == ErrorCode::NotFound) {
            continue; // gone again
        }
        if (!entries) {
            found.left_out =
                entries.error().code == ErrorCode::TooLarge
                    ? fmt::format("there are more than {} files and folders", searched_entries_max)
                    : shown(here.path) + " cannot be read";
            continue;
        }
        room -= std::min(room, entries->size());
        for (const FolderEntry& entry : *entries) {
            std::string path = here.path.empty() ? entry.path : here.path + "/" + entry.path;
            if (entry.kind == EntryKind::Folder) {
                if (here.depth < searched_depth_max) {
                    left.push_back({std::move(path), here.depth + 1});
                } else {
                    found.left_out = shown(path) + " lies too deep";
                }
            } else if (entry.kind == EntryKind::File && wanted.has_name(entry.path)) {
                found.paths.push_back(std::move(path));
            }
        }
    }
    std::sort(found.paths.begin(), found.paths.end());
    if (found.paths.size() > wanted.files_max) {
        found.paths.resize(wanted.files_max);
        found.left_out = fmt::format("there are more than {} {}", wanted.files_max, wanted.what);
    }
    return found;
}

} // namespace pedigree::trackers

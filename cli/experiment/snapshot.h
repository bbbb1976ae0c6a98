#pragma once
// Snapshot: the working folder as it is, changes and new files included, as a commit that a server
// has. Neither branches nor index nor files of the folder change: the commit is made from an index
// of its own and pushed under refs/pedigree/snapshots/, where no branch leads to it. What
// .gitignore leaves out stays out. The same files on the same HEAD are the same commit.
//
// The user's own git does all of it, with the user's configuration and credentials.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace pedigree::cli {

struct Snapshot {
    std::string commit;                 // 40 hex; HEAD itself if nothing was changed
    std::vector<std::string> different; // from HEAD, as `git diff --name-status` says it
};

// `folder` lies in a working folder of git, `url` is where the commit is pushed to. InvalidInput:
// `folder` does not. NotFound: there is no git. What git itself says is the message of the others.
Result<Snapshot> push_snapshot(const std::filesystem::path& folder, const std::string& url);

} // namespace pedigree::cli

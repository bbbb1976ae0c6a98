#pragma once
// Downloads the submodules of a commit, each at the commit that the tree names, and those below
// them, each into a bare repository of its own. `git submodule` is never run: the git program lists
// the gitlinks and reads .gitmodules, bounded, without a checkout and without a protocol it could
// follow; the transfers are downloads like the source's (download.h), with the same checks.
//
// Errors name the submodule's path, and carry the reasons of a download or: SubmoduleRefused (no
// entry in .gitmodules, or one that breaks the rules of gitmodules.h), SourceTooLarge (a limit).

#include <functional>
#include <vector>

#include "source/download.h"
#include "source/tree.h"

namespace pedigree::source {

struct SubmoduleLimits {
    std::size_t count_max = 32;
    std::size_t depth_max = 4;                       // submodules in submodules
    std::uint64_t stored_bytes_max = pack_bytes_max; // of all their repositories
};

struct Superproject {
    std::filesystem::path repository;
    std::string commit;
    std::string url; // to which relative URLs are related; may be empty, then there must be none
    std::string subdirectory = "."; // submodules beside it are left alone
};

// How a submodule's URL may be read: with a credential, or without one.
using AccessOf = std::function<Repository(const std::string& url)>;

// In an order where each stands behind the one it lies in; folders below `options.scratch`. The
// deadline of the options is for all of it.
Result<std::vector<Submodule>> download_submodules(const Superproject& superproject,
                                                   const AccessOf& access,
                                                   const DownloadOptions& options,
                                                   std::stop_token stop,
                                                   const SubmoduleLimits& limits = {});

} // namespace pedigree::source

#pragma once
// Which paths of a repository may become files of an image. A tree is its author's: a file .git
// would be taken for a repository where the code is laid, a file .wh.x deletes x of the layers
// below (OCI image-spec, layer.md), a symlink may lead out. Paths are relative, '/' between
// components, bytes as git keeps them. Pure; any thread.

#include <string_view>

#include "base/result.h"

namespace pedigree::source {

// PathRefused for a component that is ".git" in any case, or begins with ".wh." (it would delete
// files of the layers below), for control characters, and for paths that are too long.
Status check_path(std::string_view path, std::size_t path_bytes_max);

// Whether a symlink at `path` stays inside the tree: relative, and never above the root.
bool symlink_stays_inside(std::string_view path, std::string_view target);

// Whether the bytes are a Git LFS pointer instead of the file itself.
bool is_lfs_pointer(std::string_view bytes);

} // namespace pedigree::source

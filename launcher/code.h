#pragma once
// Lays the experiment's code from the image into the working directory: unchanged scripts may then
// write beside themselves. Folders, regular files and symbolic links (as links); what was there is
// overwritten. Everything becomes writable by the owner, whatever the image's modes say.

#include <filesystem>

#include "base/result.h"

namespace pedigree::launcher {

// Unavailable: the image lacks the folder, or the workspace cannot take it.
Status lay_code(const std::filesystem::path& code, const std::filesystem::path& workspace);

} // namespace pedigree::launcher

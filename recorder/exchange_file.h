#pragma once
// Files that user code can write: read without following a symbolic link, and only if they are
// regular, since the recorder sees credentials and a journal that user code must not reach.

#include <filesystem>
#include <string>

#include "base/result.h"

namespace pedigree::recorder {

Result<std::string> read_exchange_file(const std::filesystem::path& path, std::size_t bytes_max);

// Where `relative` really lies, which must be below the folder. NotFound, InvalidInput.
Result<std::filesystem::path> inside(const std::filesystem::path& folder,
                                     const std::string& relative);

} // namespace pedigree::recorder

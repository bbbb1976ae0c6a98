#pragma once
// Small files read whole and written atomically. Large ones are streamed by whoever needs them.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace pedigree {

constexpr std::size_t small_file_bytes_max = 16 * 1024 * 1024;

// NotFound, Forbidden, TooLarge or Unavailable; the message names the path.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t bytes_max = small_file_bytes_max);
// Writes beside the target, flushes and renames: readers see the old or the new bytes.
Status write_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0644);
// Streams the file through SHA-256.
Result<Digest> digest_file(const std::filesystem::path& path);

} // namespace pedigree

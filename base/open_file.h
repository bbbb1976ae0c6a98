#pragma once
// OpenFile: a regular file that was opened once and is read through its descriptor, so that what
// was looked at is what is read, whoever renames things meanwhile. Reading ends at the size that it
// had when it was opened. Owns the descriptor; const calls from any thread, since no position is
// kept.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/descriptor.h"
#include "base/digest.h"
#include "base/result.h"

namespace pedigree {

struct OpenFile {
    Descriptor descriptor;
    std::int64_t bytes = 0;
    std::string name; // for messages

    // Fills the buffer as far as the file reaches; 0 at its end. Conflict if it became shorter.
    Result<std::size_t> read_at(std::int64_t offset, std::span<char> buffer) const;
    Result<Digest> digest() const;
    Result<std::string> text(std::size_t bytes_max) const; // TooLarge
};

// Takes over what `descriptor` has open; InvalidInput unless it is a regular file.
Result<OpenFile> regular_file(Descriptor descriptor, std::string name);
// For paths that are ours: links are followed. What others may write to is opened by
// base/untrusted_folder.h.
Result<OpenFile> open_file(const std::filesystem::path& path);

} // namespace pedigree

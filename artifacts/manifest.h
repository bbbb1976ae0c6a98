#pragma once
// The manifest of a folder: for each regular file a line "<hex>  <path>\n", as sha256sum prints it,
// sorted by path bytes. Its SHA-256 identifies a model, an input folder or prefix, and a folder
// given to `trace`. Empty folders do not count. Symbolic links, special files, and a line feed or
// backslash in a path are refused, since two different folders could then look alike. Values; any
// thread.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace pedigree::artifacts {

struct ManifestFile {
    std::string path; // relative to the root, with '/'
    Digest digest;
    std::int64_t bytes = 0;
};

struct Manifest {
    std::vector<ManifestFile> files; // sorted by path bytes

    std::string text() const;
    Digest digest() const { return sha256(text()); }
    std::int64_t bytes() const;
};

constexpr std::size_t manifest_files_max = 100000;

// InvalidInput for a path that a manifest cannot hold: empty, absolute, with ".." or "." segments,
// a line feed, a carriage return, a backslash or a NUL.
Status check_manifest_path(std::string_view path);

// Sorts, and refuses bad and doubled paths.
Result<Manifest> make_manifest(std::vector<ManifestFile> files);

// The relative paths of all regular files, sorted by bytes, with their sizes; nothing is hashed
// yet.
Result<Manifest> list_folder(const std::filesystem::path& folder);
// list_folder, and every file hashed.
Result<Manifest> read_folder(const std::filesystem::path& folder);

} // namespace pedigree::artifacts

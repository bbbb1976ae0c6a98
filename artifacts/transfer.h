#pragma once
// Folders and prefixes as a whole: up file by file with hashes, down with the same manifest. The
// manifest of a prefix takes the paths below it, so a folder and its copy in a bucket have one
// digest. Blocks; ends early when the token stops.

#include <filesystem>
#include <stop_token>

#include "artifacts/manifest.h"
#include "artifacts/s3.h"

namespace pedigree::artifacts {

// Uploads a folder, or a single file (its manifest then holds its name), below target.key.
Result<Manifest> upload(S3Client& store, const S3Object& target,
                        const std::filesystem::path& source, std::stop_token stop = {});

// Every object below source.key, which ends with '/', into the folder. "Folder" objects (keys that
// end with '/') are left out.
Result<Manifest> download_prefix(S3Client& store, const S3Object& source,
                                 const std::filesystem::path& folder, std::stop_token stop = {});

} // namespace pedigree::artifacts

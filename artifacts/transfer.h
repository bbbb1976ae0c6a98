#pragma once
// Folders and prefixes as a whole: up file by file with hashes, down with the same manifest. The
// manifest of a prefix takes the paths below it, so a folder and its copy in a bucket have one
// digest. Blocks; ends early when the token stops.
// upload() calls the store from several threads: its Http must be one for that (net::PooledHttp).

#include <filesystem>
#include <stop_token>

#include "artifacts/manifest.h"
#include "artifacts/s3.h"
#include "base/untrusted_folder.h"

namespace pedigree::artifacts {

// A file that was not uploaded, and why ("is a symbolic link that leads out of its folder").
struct LeftOut {
    std::string path;
    std::string why;
};
struct Uploaded {
    Manifest manifest;
    std::vector<LeftOut> left_out; // sorted by path
};

// Uploads what lies in a folder that others may write to, below target.key. A symbolic link counts
// as the file that it leads to, if that lies in the folder too: `known_as` is the folder's name in
// absolute links. What cannot be kept (other links, special files, unreadable ones, names that no
// manifest holds) is left out and named; the rest is uploaded. TooLarge beyond manifest_files_max.
Result<Uploaded> upload(S3Client& store, const S3Object& target, const UntrustedFolder& folder,
                        const std::string& known_as, std::stop_token stop = {});
// The same for one file, which is stored and listed under `name`.
Result<ManifestFile> upload_file(S3Client& store, const S3Object& target, const OpenFile& file,
                                 const std::string& name, std::stop_token stop = {});

// Every object below source.key, which ends with '/', into the folder. "Folder" objects (keys that
// end with '/') are left out.
Result<Manifest> download_prefix(S3Client& store, const S3Object& source,
                                 const std::filesystem::path& folder, std::stop_token stop = {});

} // namespace pedigree::artifacts

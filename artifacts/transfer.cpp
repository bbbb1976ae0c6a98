#include "artifacts/transfer.h"

#include <system_error>

#include "base/file.h"

namespace pedigree::artifacts {
namespace {

namespace fs = std::filesystem;

Status check_stop(const std::stop_token& stop) {
    if (stop.stop_requested()) {
        return failure(ErrorCode::Cancelled, "stopped");
    }
    return {};
}

// A store takes keys that no folder takes: "a" beside "a/b", names of more than 255 bytes. Trying
// again does not help, so these are told from a volume that is full or away.
Status make_place(const fs::path& path) {
    std::error_code problem;
    fs::create_directories(path.parent_path(), problem);
    const bool taken = !problem && fs::is_directory(fs::status(path, problem));
    if (taken || problem == std::errc::not_a_directory || problem == std::errc::file_exists ||
        problem == std::errc::filename_too_long) {
        return failure(ErrorCode::InvalidInput,
                       "the object \"" + path.string().substr(0, 300) +
                           "\" cannot be a file: another one has its name for a folder's, or its "
                           "name is too long");
    }
    return {};
}

} // namespace

Result<Manifest> upload(S3Client& store, const S3Object& target, const fs::path& source,
                        std::stop_token stop) {
    std::error_code problem;
    const bool single = fs::is_regular_file(fs::symlink_status(source, problem));
    Manifest manifest;
    if (single) {
        const auto bytes = static_cast<std::int64_t>(fs::file_size(source, problem));
        TRY(manifest, make_manifest({{source.filename().string(), {}, bytes}}));
    } else {
        TRY(manifest, list_folder(source));
    }
    const fs::path root = single ? source.parent_path() : source;
    for (auto& file : manifest.files) {
        TRY(check_stop(stop));
        TRY(file.digest, digest_file(root / file.path));
        TRY(store.put_file({target.bucket, target.key + file.path}, root / file.path, file.digest,
                           stop));
    }
    return manifest;
}

Result<Manifest> download_prefix(S3Client& store, const S3Object& source, const fs::path& folder,
                                 std::stop_token stop) {
    TRY(const auto objects, store.list(source, manifest_files_max, stop));
    std::vector<ManifestFile> files;
    for (const auto& object : objects) {
        if (object.key.ends_with('/')) {
            continue;
        }
        ManifestFile file{object.key.substr(source.key.size()), {}, object.bytes};
        TRY(check_manifest_path(file.path));
        TRY(check_stop(stop));
        TRY(make_place(folder / file.path));
        TRY(const Fetched fetched,
            store.get_file({source.bucket, object.key}, folder / file.path, stop));
        file.digest = fetched.digest;
        files.push_back(std::move(file));
    }
    if (files.empty()) {
        return failure(ErrorCode::NotFound, source.text() + " holds no object");
    }
    return make_manifest(std::move(files));
}

} // namespace pedigree::artifacts

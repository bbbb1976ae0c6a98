#include "artifacts/transfer.h"

#include <system_error>

#include "base/text.h"

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

// The file that an entry stands for, opened.
Result<OpenFile> open_entry(const UntrustedFolder& folder, const FolderEntry& entry,
                            const std::string& known_as) {
    TRY(check_manifest_path(entry.path));
    if (!is_utf8(entry.path)) {
        return failure(ErrorCode::InvalidInput, "has a name that is not UTF-8");
    }
    if (entry.kind == EntryKind::Other) {
        return failure(ErrorCode::InvalidInput, "is neither a file nor a folder");
    }
    if (entry.kind == EntryKind::File) {
        return folder.file(entry.path);
    }
    TRY(const std::string target, folder.resolve(entry.path, known_as));
    auto opened = folder.file(target);
    if (!opened) {
        return failure(opened.error().code, "is a symbolic link to " + target +
                                                ", which is no regular file that can be read");
    }
    return opened;
}

} // namespace

Result<ManifestFile> upload_file(S3Client& store, const S3Object& target, const OpenFile& file,
                                 const std::string& name, std::stop_token stop) {
    TRY(const Digest digest, file.digest());
    TRY(store.put_file({target.bucket, target.key + name}, file, digest, stop));
    return ManifestFile{name, digest, file.bytes};
}

Result<Uploaded> upload(S3Client& store, const S3Object& target, const UntrustedFolder& folder,
                        const std::string& known_as, std::stop_token stop) {
    TRY(const auto entries, folder.list());
    Uploaded out;
    std::vector<ManifestFile> files;
    for (const FolderEntry& entry : entries) {
        if (entry.kind == EntryKind::Folder) {
            continue;
        }
        TRY(check_stop(stop));
        const auto opened = open_entry(folder, entry, known_as);
        if (!opened) {
            out.left_out.push_back({entry.path, opened.error().message});
            continue;
        }
        if (files.size() >= manifest_files_max) {
            return failure(ErrorCode::TooLarge,
                           "it holds more than " + std::to_string(manifest_files_max) + " files");
        }
        auto file = upload_file(store, target, *opened, entry.path, stop);
        if (!file && file.error().code == ErrorCode::Conflict) {
            out.left_out.push_back({entry.path, "changed while it was uploaded"});
            continue;
        }
        TRY(files.emplace_back(), std::move(file));
    }
    TRY(out.manifest, make_manifest(std::move(files)));
    return out;
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

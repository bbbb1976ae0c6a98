#include "recorder/fetch_volume.h"

#include <algorithm>
#include <fstream>
#include <system_error>

#include <unistd.h>

#include "artifacts/manifest.h"
#include "base/untrusted_folder.h"
#include "records/pod/paths.h"

namespace pedigree::recorder {
namespace {

namespace fs = std::filesystem;
namespace pod = records::pod;

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr const char* lost_and_found = "lost+found";

Error advised(Error error) {
    if (error.code == ErrorCode::Forbidden) {
        error.message += "; let user or group " + std::to_string(::getuid()) +
                         " read it, or name a folder beside it in inputs[].uri";
    }
    return error;
}

Result<artifacts::ManifestFile> copy(const OpenFile& file, const fs::path& folder,
                                     const std::string& path) {
    std::error_code problem;
    fs::create_directories((folder / path).parent_path(), problem);
    std::ofstream out(folder / path, std::ios::binary | std::ios::trunc);
    Sha256 hash;
    std::string buffer(piece_bytes, '\0');
    for (std::int64_t offset = 0; offset < file.bytes;) {
        TRY(const std::size_t count, file.read_at(offset, buffer));
        hash.update(std::string_view(buffer).substr(0, count));
        out.write(buffer.data(), static_cast<std::streamsize>(count));
        offset += static_cast<std::int64_t>(count);
    }
    out.close();
    if (problem || !out) {
        return failure(ErrorCode::Unavailable,
                       "cannot copy " + file.name + ": is the inputs' volume full?");
    }
    return artifacts::ManifestFile{path, hash.finish(), file.bytes};
}

Result<Arrived> copy_folder(const UntrustedFolder& source, bool whole_volume,
                            const fs::path& folder, std::stop_token stop) {
    ListOptions options;
    options.unreadable_passed_over = whole_volume ? lost_and_found : "";
    TRY(const auto entries, source.list(options));
    std::vector<artifacts::ManifestFile> files;
    for (const FolderEntry& entry : entries) {
        if (stop.stop_requested()) {
            return failure(ErrorCode::Cancelled, "stopped");
        }
        if (entry.kind == EntryKind::Folder) {
            continue;
        }
        TRY(artifacts::check_manifest_path(entry.path));
        if (entry.kind != EntryKind::File) {
            return failure(ErrorCode::InvalidInput,
                           "\"" + entry.path + "\" is " +
                               (entry.kind == EntryKind::Link ? "a symbolic link"
                                                              : "neither a file nor a folder") +
                               "; a manifest holds regular files only");
        }
        if (files.size() >= artifacts::manifest_files_max) {
            return failure(ErrorCode::TooLarge, "it holds more than " +
                                                    std::to_string(artifacts::manifest_files_max) +
                                                    " files");
        }
        TRY(const OpenFile file, source.file(entry.path));
        TRY(files.emplace_back(), copy(file, folder, entry.path));
    }
    TRY(const auto manifest, artifacts::make_manifest(std::move(files)));
    return Arrived{manifest.digest(), manifest.bytes(),
                   static_cast<std::int64_t>(manifest.files.size())};
}

Result<Arrived> fetch(const Settings& settings, const pod::PodInput& input, const fs::path& folder,
                      std::stop_token stop) {
    const std::string rest = input.uri.substr(volume_scheme.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    const std::string claim = std::string(pod::claims_directory) + "/" + rest.substr(0, slash);
    TRY(const auto volume, UntrustedFolder::open(settings.places.at(claim)));
    TRY(const std::string path, volume.resolve(rest.substr(std::min(slash + 1, rest.size())), ""));
    if (path.empty()) {
        return copy_folder(volume, true, folder, stop);
    }
    if (const auto file = volume.file(path)) {
        TRY(const auto copied, copy(*file, folder, path.substr(path.rfind('/') + 1)));
        return Arrived{copied.digest, copied.bytes, 1};
    } else if (file.error().code == ErrorCode::Forbidden) {
        return tl::unexpected<Error>(file.error());
    }
    TRY(const auto source, volume.folder(path));
    return copy_folder(source, false, folder, stop);
}

} // namespace

Result<Arrived> fetch_volume(const Settings& settings, const pod::PodInput& input,
                             const fs::path& folder, std::stop_token stop) {
    auto fetched = fetch(settings, input, folder, std::move(stop));
    if (!fetched) {
        return tl::unexpected<Error>(advised(std::move(fetched).error()));
    }
    return fetched;
}

} // namespace pedigree::recorder

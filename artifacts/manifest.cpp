#include "artifacts/manifest.h"

#include <algorithm>
#include <system_error>

#include "base/file.h"

namespace pedigree::artifacts {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> refused(const fs::path& path, const std::string& why) {
    return failure(ErrorCode::InvalidInput,
                   "\"" + path.string() + "\" " + why + "; a manifest holds regular files only");
}

Status add_entry(const fs::directory_entry& entry, const fs::path& root,
                 std::vector<ManifestFile>& files) {
    std::error_code problem;
    const auto status = entry.symlink_status(problem);
    if (problem) {
        return failure(ErrorCode::Unavailable,
                       "cannot look at " + entry.path().string() + ": " + problem.message());
    }
    if (fs::is_directory(status)) {
        return {};
    }
    if (fs::is_symlink(status)) {
        return refused(entry.path(), "is a symbolic link");
    }
    if (!fs::is_regular_file(status)) {
        return refused(entry.path(), "is neither a file nor a folder");
    }
    if (files.size() >= manifest_files_max) {
        return failure(ErrorCode::TooLarge, "\"" + root.string() + "\" holds more than " +
                                                std::to_string(manifest_files_max) + " files");
    }
    const auto bytes = entry.file_size(problem);
    files.push_back({entry.path().lexically_relative(root).generic_string(),
                     {},
                     static_cast<std::int64_t>(bytes)});
    return {};
}

bool bad_segment(std::string_view segment) {
    return segment.empty() || segment == "." || segment == "..";
}

} // namespace

Status check_manifest_path(std::string_view path) {
    bool bad = path.find_first_of(std::string_view("\n\r\\\0", 4)) != std::string_view::npos;
    for (std::size_t at = 0; !bad && at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        bad = bad_segment(path.substr(at, end - at));
        at = end + 1;
    }
    if (bad) {
        return failure(ErrorCode::InvalidInput,
                       "\"" + std::string(path.substr(0, 200)) +
                           "\" cannot stand in a manifest: no empty, \".\" or \"..\" segment, line "
                           "feed or backslash");
    }
    return {};
}

std::string Manifest::text() const {
    std::string out;
    for (const auto& file : files) {
        out += file.digest.hex() + "  " + file.path + "\n";
    }
    return out;
}

std::int64_t Manifest::bytes() const {
    std::int64_t total = 0;
    for (const auto& file : files) {
        total += file.bytes;
    }
    return total;
}

Result<Manifest> make_manifest(std::vector<ManifestFile> files) {
    std::sort(files.begin(), files.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    for (std::size_t i = 0; i < files.size(); ++i) {
        TRY(check_manifest_path(files[i].path));
        if (i > 0 && files[i - 1].path == files[i].path) {
            return failure(ErrorCode::InvalidInput, "\"" + files[i].path + "\" occurs twice");
        }
    }
    return Manifest{std::move(files)};
}

Result<Manifest> list_folder(const fs::path& folder) {
    std::error_code problem;
    std::vector<ManifestFile> files;
    fs::recursive_directory_iterator walk(folder, problem);
    for (const fs::recursive_directory_iterator end; !problem && walk != end;
         walk.increment(problem)) {
        TRY(add_entry(*walk, folder, files));
    }
    if (problem) {
        const bool absent = problem == std::errc::no_such_file_or_directory;
        return failure(absent ? ErrorCode::NotFound : ErrorCode::Unavailable,
                       "cannot list " + folder.string() + ": " + problem.message());
    }
    return make_manifest(std::move(files));
}

Result<Manifest> read_folder(const fs::path& folder) {
    TRY(Manifest manifest, list_folder(folder));
    for (auto& file : manifest.files) {
        TRY(file.digest, digest_file(folder / file.path));
    }
    return manifest;
}

} // namespace pedigree::artifacts

#include "artifacts/transfer.h"

#include <atomic>
#include <optional>
#include <system_error>

#include "base/text.h"
#include "base/together.h"

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

// Small files cost an answer's time each, so several wait for theirs beside each other.
constexpr std::size_t uploads_at_once_max = 8;

class FolderUpload {
  public:
    FolderUpload(S3Client& store, const S3Object& target, const UntrustedFolder& folder,
                 const std::string& known_as, const std::stop_token& stop,
                 const std::vector<FolderEntry>& entries)
        : store_(store), target_(target), folder_(folder), known_as_(known_as), stop_(stop),
          entries_(entries), done_(entries.size()) {}

    // Entry by entry, until there is none left; by several threads.
    Status take_turns() {
        for (std::size_t i = next_++; i < entries_.size() && !failed_; i = next_++) {
            if (Status one = take(entries_[i], done_[i]); !one) {
                failed_ = true;
                return one;
            }
        }
        return {};
    }

    Result<Uploaded> outcome() {
        Uploaded out;
        std::vector<ManifestFile> files;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            if (done_[i].file) {
                files.push_back(*std::move(done_[i].file));
            } else {
                out.left_out.push_back({entries_[i].path, std::move(done_[i].left_out)});
            }
        }
        TRY(out.manifest, make_manifest(std::move(files)));
        return out;
    }

  private:
    struct Done {
        std::optional<ManifestFile> file;
        std::string left_out; // why
    };

    Status take(const FolderEntry& entry, Done& done) {
        TRY(check_stop(stop_));
        const auto opened = open_entry(folder_, entry, known_as_);
        if (!opened) {
            done.left_out = opened.error().message;
            return {};
        }
        if (kept_++ >= manifest_files_max) {
            return failure(ErrorCode::TooLarge,
                           "it holds more than " + std::to_string(manifest_files_max) + " files");
        }
        auto file = upload_file(store_, target_, *opened, entry.path, stop_);
        if (!file && file.error().code == ErrorCode::Conflict) {
            done.left_out = "changed while it was uploaded";
            --kept_;
            return {};
        }
        TRY(done.file, std::move(file));
        return {};
    }

    S3Client& store_;
    const S3Object& target_;
    const UntrustedFolder& folder_;
    const std::string& known_as_;
    const std::stop_token& stop_;
    const std::vector<FolderEntry>& entries_;
    std::vector<Done> done_; // beside the entries; each belongs to the thread that took its turn
    std::atomic<std::size_t> next_ = 0;
    std::atomic<std::size_t> kept_ = 0;
    std::atomic<bool> failed_ = false;
};

} // namespace

Result<ManifestFile> upload_file(S3Client& store, const S3Object& target, const OpenFile& file,
                                 const std::string& name, std::stop_token stop) {
    TRY(const Digest digest, file.digest());
    TRY(store.put_file({target.bucket, target.key + name}, file, digest, stop));
    return ManifestFile{name, digest, file.bytes};
}

Result<Uploaded> upload(S3Client& store, const S3Object& target, const UntrustedFolder& folder,
                        const std::string& known_as, std::stop_token stop) {
    TRY(auto entries, folder.list());
    std::erase_if(entries,
                  [](const FolderEntry& entry) { return entry.kind == EntryKind::Folder; });
    FolderUpload whole{store, target, folder, known_as, stop, entries};
    const std::vector<Task> tasks(uploads_at_once_max, [&] { return whole.take_turns(); });
    TRY(do_together(tasks, uploads_at_once_max));
    return whole.outcome();
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

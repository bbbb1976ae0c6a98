#include "source/tree.h"

#include <algorithm>

#include <fmt/format.h>
#include <git2.h>

#include "base/owned.h"
#include "base/text.h"
#include "source/git_library.h"
#include "source/path_rules.h"
#include "source/ref.h"
#include "source/signature.h"

namespace pedigree::source {
namespace {

// The end of the year 9999: who commits says when, and text has four digits for a year.
constexpr git_time_t commit_seconds_max = 253402300799;

using RepositoryHandle = Owned<git_repository, git_repository_free>;
using CommitHandle = Owned<git_commit, git_commit_free>;
using TreeHandle = Owned<git_tree, git_tree_free>;
using BlobHandle = Owned<git_blob, git_blob_free>;
using EntryHandle = Owned<git_tree_entry, git_tree_entry_free>;
using DatabaseHandle = Owned<git_odb, git_odb_free>;

std::string signature_text(const git_signature* signature) {
    return valid_utf8(fmt::format("{} <{}>", signature->name, signature->email));
}

std::string header_text(const git_commit* commit, const char* name) {
    git_buf buffer = GIT_BUF_INIT;
    std::string text;
    if (::git_commit_header_field(&buffer, commit, name) == 0) {
        text.assign(buffer.ptr, buffer.size);
    }
    ::git_buf_dispose(&buffer);
    return text;
}

Result<std::string> blob_bytes(git_repository* repository, const git_oid* id,
                               std::string_view path) {
    git_blob* blob = nullptr;
    if (::git_blob_lookup(&blob, repository, id) != 0) {
        return library_failure(fmt::format("cannot read {} from the repository", path));
    }
    const BlobHandle owned(blob);
    return std::string(static_cast<const char*>(::git_blob_rawcontent(blob)),
                       static_cast<std::size_t>(::git_blob_rawsize(blob)));
}

Result<std::uint64_t> blob_size(git_odb* database, const git_oid* id, std::string_view path) {
    std::size_t bytes = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (::git_odb_read_header(&bytes, &type, database, id) != 0) {
        return library_failure(fmt::format("cannot read {} from the repository", path));
    }
    return bytes;
}

// A repository at one commit.
struct Opened {
    RepositoryHandle repository;
    DatabaseHandle database;
    CommitHandle commit;
    TreeHandle tree;
};

Result<Opened> open_commit(const std::filesystem::path& path, const std::string& commit) {
    Opened opened;
    git_repository* repository = nullptr;
    git_odb* database = nullptr;
    if (::git_repository_open_bare(&repository, path.c_str()) != 0 ||
        (opened.repository.reset(repository), ::git_repository_odb(&database, repository) != 0)) {
        return failure(ErrorCode::NotFound,
                       fmt::format("cannot open {}: {}", path.string(), library_words()));
    }
    opened.database.reset(database);
    git_oid id;
    git_commit* found = nullptr;
    if (::git_oid_fromstr(&id, commit.c_str()) != 0 ||
        ::git_commit_lookup(&found, repository, &id) != 0) {
        return failure(ErrorCode::NotFound, "CommitNotFound",
                       fmt::format("{} is no commit of this repository", commit));
    }
    opened.commit.reset(found);
    git_tree* tree = nullptr;
    if (::git_commit_tree(&tree, found) != 0) {
        return library_failure(fmt::format("cannot read the tree of {}", commit));
    }
    opened.tree.reset(tree);
    return opened;
}

// Walks the source's tree, and where it meets a submodule that one's, and collects their files
// under the rules.
class Collector {
  public:
    // `repositories`: the source's own, then those of `submodules` in their order.
    Collector(const std::vector<Opened>& repositories, const std::vector<Submodule>& submodules,
              const TreeLimits& limits, std::vector<std::string>& warnings)
        : repositories_(repositories), submodules_(submodules), limits_(limits),
          warnings_(warnings) {}

    Result<std::vector<TreeFile>> files() && {
        TRY(walk(repositories_[0].tree.get(), "", 0));
        std::sort(files_.begin(), files_.end(),
                  [](const TreeFile& a, const TreeFile& b) { return a.path < b.path; });
        return std::move(files_);
    }

  private:
    Status walk(const git_tree* tree, const std::string& prefix, std::size_t depth) {
        if (depth > limits_.depth_max) {
            return failure(
                ErrorCode::TooLarge, "SourceTooLarge",
                fmt::format("the repository is nested deeper than {} folders", limits_.depth_max));
        }
        const std::size_t count = ::git_tree_entrycount(tree);
        for (std::size_t i = 0; i < count; ++i) {
            const git_tree_entry* entry = ::git_tree_entry_byindex(tree, i);
            const std::string path = prefix + ::git_tree_entry_name(entry);
            TRY(check_path(path, limits_.path_bytes_max));
            TRY(take(entry, path, depth));
        }
        return {};
    }

    Status take(const git_tree_entry* entry, const std::string& path, std::size_t depth) {
        const git_oid* id = ::git_tree_entry_id(entry);
        switch (::git_tree_entry_filemode(entry)) {
        case GIT_FILEMODE_TREE: {
            git_tree* child = nullptr;
            if (::git_tree_lookup(&child, here().repository.get(), id) != 0) {
                return library_failure(fmt::format("cannot read folder {}", path));
            }
            const TreeHandle owned(child);
            return walk(child, path + "/", depth + 1);
        }
        case GIT_FILEMODE_BLOB:
            return add(id, path, FileMode::Regular);
        case GIT_FILEMODE_BLOB_EXECUTABLE:
            return add(id, path, FileMode::Executable);
        case GIT_FILEMODE_LINK:
            return add(id, path, FileMode::Symlink);
        case GIT_FILEMODE_COMMIT:
            return take_submodule(id_text(id), path, depth);
        default:
            return failure(ErrorCode::InvalidInput, "PathRefused",
                           fmt::format("{} is neither file nor folder nor symlink", path));
        }
    }

    Status take_submodule(const std::string& commit, const std::string& path, std::size_t depth) {
        const auto found =
            std::find_if(submodules_.begin(), submodules_.end(), [&](const Submodule& one) {
                return one.path == path && one.commit == commit;
            });
        if (found == submodules_.end()) {
            return failure(
                ErrorCode::InvalidInput, "SubmoduleNotSupported",
                fmt::format("{} is a git submodule, which is not fetched unless "
                            "source.git.submodules is Pinned; or copy its files into the "
                            "repository, or bring them as a wheel of the lock",
                            path));
        }
        const std::size_t above = current_;
        current_ = static_cast<std::size_t>(found - submodules_.begin()) + 1;
        TRY(walk(here().tree.get(), path + "/", depth + 1));
        current_ = above;
        return {};
    }

    Status add(const git_oid* id, const std::string& path, FileMode mode) {
        TRY(const std::uint64_t bytes, blob_size(here().database.get(), id, path));
        bytes_ += bytes;
        if (bytes > limits_.file_bytes_max || bytes_ > limits_.bytes_max ||
            files_.size() >= limits_.files_max) {
            return failure(ErrorCode::TooLarge, "SourceTooLarge",
                           fmt::format("at {} the source exceeds a limit ({} files, {} MiB in all, "
                                       "{} MiB a file); data belongs into spec.inputs",
                                       path, limits_.files_max, limits_.bytes_max >> 20,
                                       limits_.file_bytes_max >> 20));
        }
        TRY(look_inside(id, path, mode, bytes));
        files_.push_back({path, mode, id_text(id), bytes, current_});
        return {};
    }

    Status look_inside(const git_oid* id, const std::string& path, FileMode mode,
                       std::uint64_t bytes) {
        constexpr std::uint64_t pointer_bytes_max = 1024;
        if (mode != FileMode::Symlink && bytes > pointer_bytes_max) {
            return {};
        }
        TRY(const std::string content, blob_bytes(here().repository.get(), id, path));
        if (mode == FileMode::Symlink && !symlink_stays_inside(path, content)) {
            return failure(ErrorCode::InvalidInput, "SymlinkLeavesTree",
                           fmt::format("E0137 the symlink {} points outside of the source", path));
        }
        if (is_lfs_pointer(content)) {
            warnings_.push_back(fmt::format(
                "{} is a Git LFS pointer: the image holds the pointer, not the file", path));
        }
        return {};
    }

    const Opened& here() const { return repositories_[current_]; }

    const std::vector<Opened>& repositories_;
    const std::vector<Submodule>& submodules_;
    std::size_t current_ = 0; // of repositories_: where the walk is
    const TreeLimits& limits_;
    std::vector<std::string>& warnings_;
    std::vector<TreeFile> files_;
    std::uint64_t bytes_ = 0;
};

} // namespace

struct Snapshot::Handles {
    std::vector<Opened> repositories; // the source's own, then the submodules'
    std::vector<Submodule> submodules;
    std::string commit_id, tree_id;

    const Opened& source() const { return repositories[0]; }
};

Snapshot::Snapshot(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
Snapshot::~Snapshot() = default;
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;

Result<Snapshot> Snapshot::open(const std::filesystem::path& path, const std::string& commit,
                                const std::string& subdirectory,
                                std::vector<Submodule> submodules) {
    TRY(check_commit(commit));
    TRY(check_subdirectory(subdirectory));
    start_library();
    auto handles = std::make_unique<Handles>();
    TRY(Opened source, open_commit(path, commit));
    if (subdirectory != ".") {
        git_tree_entry* entry = nullptr;
        git_tree* below = nullptr;
        const int missing =
            ::git_tree_entry_bypath(&entry, source.tree.get(), subdirectory.c_str());
        const EntryHandle owned(entry);
        if (missing != 0 ||
            ::git_tree_lookup(&below, source.repository.get(), ::git_tree_entry_id(entry)) != 0) {
            return failure(ErrorCode::NotFound, "SubdirectoryNotFound",
                           fmt::format("commit {} has no folder \"{}\" (source.subdirectory)",
                                       commit, subdirectory));
        }
        source.tree.reset(below);
    }
    handles->commit_id = commit;
    handles->tree_id = id_text(::git_tree_id(source.tree.get()));
    handles->repositories.push_back(std::move(source));
    for (const Submodule& one : submodules) {
        TRY(Opened opened, open_commit(one.repository, one.commit));
        handles->repositories.push_back(std::move(opened));
    }
    handles->submodules = std::move(submodules);
    return Snapshot(std::move(handles));
}

const std::string& Snapshot::commit() const {
    return handles_->commit_id;
}

const std::string& Snapshot::tree() const {
    return handles_->tree_id;
}

const std::vector<Submodule>& Snapshot::submodules() const {
    return handles_->submodules;
}

CommitFacts Snapshot::facts() const {
    const git_commit* commit = handles_->source().commit.get();
    CommitFacts facts;
    facts.author = signature_text(::git_commit_author(commit));
    facts.committer = signature_text(::git_commit_committer(commit));
    const char* summary = ::git_commit_summary(handles_->source().commit.get());
    facts.subject = valid_utf8(summary != nullptr ? summary : "");
    facts.signature = signature_kind(header_text(commit, "gpgsig"));
    facts.committed_at = Instant(std::chrono::seconds(
        std::clamp<git_time_t>(::git_commit_time(commit), 0, commit_seconds_max)));
    return facts;
}

Result<std::vector<TreeFile>> Snapshot::files(std::vector<std::string>& warnings,
                                              const TreeLimits& limits) const {
    return Collector(handles_->repositories, handles_->submodules, limits, warnings).files();
}

Result<std::string> Snapshot::read(const TreeFile& file) const {
    git_oid id;
    if (::git_oid_fromstr(&id, file.object.c_str()) != 0) {
        return failure(ErrorCode::Internal, "no object id: " + file.object);
    }
    return blob_bytes(handles_->repositories[file.repository].repository.get(), &id, file.path);
}

Result<std::string> Snapshot::read(const std::string& path, std::size_t bytes_max) const {
    const Opened& source = handles_->source();
    git_tree_entry* entry = nullptr;
    const int missing = ::git_tree_entry_bypath(&entry, source.tree.get(), path.c_str());
    const EntryHandle owned(entry);
    if (missing != 0 || ::git_tree_entry_type(entry) != GIT_OBJECT_BLOB ||
        ::git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK) {
        return failure(ErrorCode::NotFound, "FileNotFound",
                       fmt::format("the source has no file \"{}\"", path));
    }
    TRY(const std::uint64_t bytes,
        blob_size(source.database.get(), ::git_tree_entry_id(entry), path));
    if (bytes > bytes_max) {
        return failure(ErrorCode::TooLarge, "FileTooLarge",
                       fmt::format("{} has {} bytes, more than {}", path, bytes, bytes_max));
    }
    return blob_bytes(source.repository.get(), ::git_tree_entry_id(entry), path);
}

} // namespace pedigree::source

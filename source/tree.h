#pragma once
// The files of one commit below a subdirectory, read from a bare repository by libgit2 without a
// checkout: nothing of the user's is run, filtered or written. Paths are relative to the
// subdirectory, in byte order. A submodule's files are those of the repository that was downloaded
// for it (submodules.h); the limits hold for all of them together. One Snapshot belongs to one
// thread.
//
// Refused with a reason: SubdirectoryNotFound, SubmoduleNotSupported (it was not downloaded),
// PathRefused (".git", ".wh." names, control characters, too long), SymlinkLeavesTree,
// SourceTooLarge.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace pedigree::source {

struct TreeLimits {
    std::size_t files_max = 50'000;
    std::uint64_t bytes_max = 1024ull * 1024 * 1024;
    std::uint64_t file_bytes_max = 256ull * 1024 * 1024;
    std::size_t path_bytes_max = 1024;
    std::size_t depth_max = 64;
};

enum class FileMode { Regular, Executable, Symlink };

struct TreeFile {
    std::string path;
    FileMode mode = FileMode::Regular;
    std::string object; // the blob's id, for read()
    std::uint64_t bytes = 0;
    std::size_t repository = 0; // which has the blob: the source's own, or a submodule's
};

struct Submodule {
    std::string path; // from the source's subdirectory
    std::string url;  // without credentials
    std::string commit;
    std::filesystem::path repository; // bare
};

struct CommitFacts { // as the author wrote them, made valid UTF-8
    std::string author, committer, subject;
    std::string signature; // signature_kind of what the commit is signed with; empty: unsigned
    Instant committed_at;
};

class Snapshot {
  public:
    // NotFound if the repository or the commit is not there.
    static Result<Snapshot> open(const std::filesystem::path& repository, const std::string& commit,
                                 const std::string& subdirectory,
                                 std::vector<Submodule> submodules = {});
    ~Snapshot();
    Snapshot(Snapshot&&) noexcept;
    Snapshot& operator=(Snapshot&&) noexcept;

    const std::string& commit() const;
    const std::string& tree() const; // the subdirectory's tree id
    CommitFacts facts() const;
    const std::vector<Submodule>& submodules() const; // as they were given

    // Every file in byte order of the paths. Git LFS pointers are files like others; they are named
    // in `warnings`.
    Result<std::vector<TreeFile>> files(std::vector<std::string>& warnings,
                                        const TreeLimits& limits = {}) const;
    Result<std::string> read(const TreeFile& file) const;
    // One file by its path; NotFound (FileNotFound), TooLarge.
    Result<std::string> read(const std::string& path, std::size_t bytes_max) const;

  private:
    struct Handles;
    explicit Snapshot(std::unique_ptr<Handles> handles);
    std::unique_ptr<Handles> handles_;
};

} // namespace pedigree::source

#pragma once
// UntrustedFolder: the one door to files that somebody else may write to at any moment, as training
// code does while the recorder, which holds credentials, reads its outputs. A file is opened
// beneath the folder's own descriptor, through no symbolic or magic link and never outside; what
// was opened is then looked at, and only a regular file is given; a FIFO does not block. So it does
// not matter what stood there when the folder was listed. One openat2(2) does this; where kernel or
// seccomp profile have none, a walk from folder to folder does the same. Links are never opened:
// resolve() reads their text. Owns a descriptor; const calls from any thread. Paths are relative,
// with '/', without "." and "..".

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/open_file.h"

namespace pedigree {

enum class EntryKind { File, Folder, Link, Other };
struct FolderEntry {
    std::string path; // relative to the folder that was asked
    EntryKind kind = EntryKind::Other;
};

struct ListOptions {
    std::size_t entries_max = 200000;
    std::size_t depth_max = 64;
    std::string unreadable_passed_over = {}; // a folder that need not be readable
};

class UntrustedFolder {
  public:
    enum class Way { Kernel, Walk }; // Kernel falls back to Walk by itself

    // `path` itself is ours: its links are followed.
    static Result<UntrustedFolder> open(const std::filesystem::path& path, Way way = Way::Kernel);

    // NotFound; InvalidInput: a link, outside, or of another kind; Forbidden: not readable.
    Result<UntrustedFolder> folder(const std::string& relative) const;
    Result<OpenFile> file(const std::string& relative) const;
    Result<std::string> read(const std::string& relative, std::size_t bytes_max) const;

    // What is in the folder itself, in no order.
    Result<std::vector<FolderEntry>> entries(std::size_t entries_max) const;
    // Everything beneath, sorted by path bytes; links are not followed. TooLarge.
    Result<std::vector<FolderEntry>> list(const ListOptions& options = {}) const;

    // The path without links that `relative` leads to, its links' texts read by us, so that it can
    // be opened by file() or folder(). An absolute text counts if it lies below `known_as`, the
    // name that the other side knows this folder by ("" for none). NotFound: leads to nothing;
    // InvalidInput: leads out, or has too many links.
    Result<std::string> resolve(const std::string& relative, const std::string& known_as) const;

    // In the folder itself: removes the file or link of this name; makes an empty file of it, which
    // is new and not what somebody put there.
    void remove(const std::string& name) const;
    Status touch(const std::string& name) const;

  private:
    UntrustedFolder(Descriptor descriptor, std::string name, Way way)
        : descriptor_(std::move(descriptor)), name_(std::move(name)), way_(way) {}
    Result<Descriptor> open_beneath(const std::string& relative, int flags) const;

    Descriptor descriptor_;
    std::string name_; // for messages
    Way way_;
};

} // namespace pedigree

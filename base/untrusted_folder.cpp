#include "base/untrusted_folder.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/errno_text.h"
#include "base/owned.h"

namespace pedigree {
namespace {

constexpr int races_max = 16; // openat2 answers EAGAIN when a rename went on beside it
constexpr int never_block = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

// Empty: not a path that may be asked for.
std::vector<std::string> segments_of(const std::string& relative) {
    std::vector<std::string> segments;
    for (std::size_t at = 0; at <= relative.size();) {
        const auto end = std::min(relative.find('/', at), relative.size());
        segments.push_back(relative.substr(at, end - at));
        if (segments.back().empty() || segments.back() == "." || segments.back() == ".." ||
            segments.back().find('\0') != std::string::npos) {
            return {};
        }
        at = end + 1;
    }
    return segments;
}

// Nothing: this kernel, or the profile that we run under, has no openat2.
std::optional<int> open_by_kernel(int folder, const std::string& relative, int flags) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    for (int i = 0; i < races_max; ++i) {
        const long opened = ::syscall(SYS_openat2, folder, relative.c_str(), &how, sizeof how);
        if (opened >= 0) {
            return static_cast<int>(opened);
        }
        if (errno == ENOSYS || errno == EPERM || errno == E2BIG || errno == EINVAL) {
            return std::nullopt;
        }
        if (errno != EAGAIN && errno != EINTR) {
            return -1;
        }
    }
    return std::nullopt;
}

int open_by_walk(int folder, const std::vector<std::string>& segments, int flags) {
    Descriptor held;
    int at = folder;
    for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
        Descriptor next(
            ::openat(at, segments[i].c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next.valid()) {
            return -1;
        }
        at = next.get();
        held = std::move(next);
    }
    return ::openat(at, segments.back().c_str(), flags | O_NOFOLLOW);
}

ErrorCode code_of(int number) {
    switch (number) {
    case ENOENT:
        return ErrorCode::NotFound;
    case EACCES:
    case EPERM:
        return ErrorCode::Forbidden;
    case ELOOP:   // a symbolic link on the way
    case EXDEV:   // outside
    case ENOTDIR: // a file, or in the walk a link, where a folder should be
    case ENXIO:   // a socket
        return ErrorCode::InvalidInput;
    default:
        return ErrorCode::Unavailable;
    }
}

std::string words_of(int number) {
    return number == ELOOP ? "a symbolic link is on the way" : errno_text(number);
}

EntryKind kind_of(mode_t mode) {
    return S_ISREG(mode)   ? EntryKind::File
           : S_ISDIR(mode) ? EntryKind::Folder
           : S_ISLNK(mode) ? EntryKind::Link
                           : EntryKind::Other;
}

// The names in a folder that is open, with what they are just now. Takes the descriptor over.
Result<std::vector<FolderEntry>> names_in(Descriptor descriptor, const std::string& shown,
                                          std::size_t entries_max) {
    const Owned<DIR, ::closedir> stream(::fdopendir(descriptor.get()));
    if (!stream) {
        return failure(ErrorCode::Unavailable, "cannot list " + shown + ": " + errno_text());
    }
    const int number = descriptor.release();
    std::vector<FolderEntry> found;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr && errno != 0) {
            return failure(ErrorCode::Unavailable, "cannot list " + shown + ": " + errno_text());
        }
        if (entry == nullptr) {
            return found;
        }
        const std::string name = entry->d_name;
        struct stat facts{};
        if (name == "." || name == ".." ||
            ::fstatat(number, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
            continue; // gone again
        }
        if (found.size() >= entries_max) {
            return failure(ErrorCode::TooLarge,
                           shown + " holds more than " + std::to_string(entries_max) + " entries");
        }
        found.push_back({name, kind_of(facts.st_mode)});
    }
}

} // namespace

Result<UntrustedFolder> UntrustedFolder::open(const std::filesystem::path& path, Way way) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.valid()) {
        return failure(code_of(errno), "cannot open " + path.string() + ": " + words_of(errno));
    }
    return UntrustedFolder(std::move(descriptor), path.string(), way);
}

Result<Descriptor> UntrustedFolder::open_beneath(const std::string& relative, int flags) const {
    const auto segments = segments_of(relative);
    if (segments.empty()) {
        return failure(ErrorCode::InvalidInput, "\"" + relative + "\" is no path below " + name_);
    }
    std::optional<int> opened;
    if (way_ == Way::Kernel) {
        opened = open_by_kernel(descriptor_.get(), relative, flags);
    }
    Descriptor descriptor(opened ? *opened : open_by_walk(descriptor_.get(), segments, flags));
    if (!descriptor.valid()) {
        const int number = errno;
        return failure(code_of(number),
                       "cannot open " + name_ + "/" + relative + ": " + words_of(number));
    }
    return descriptor;
}

Result<UntrustedFolder> UntrustedFolder::folder(const std::string& relative) const {
    TRY(Descriptor descriptor, open_beneath(relative, never_block | O_DIRECTORY));
    return UntrustedFolder(std::move(descriptor), name_ + "/" + relative, way_);
}

Result<OpenFile> UntrustedFolder::file(const std::string& relative) const {
    TRY(Descriptor descriptor, open_beneath(relative, never_block));
    return regular_file(std::move(descriptor), name_ + "/" + relative);
}

Result<std::string> UntrustedFolder::read(const std::string& relative,
                                          std::size_t bytes_max) const {
    TRY(const OpenFile opened, file(relative));
    return opened.text(bytes_max);
}

Result<std::vector<FolderEntry>> UntrustedFolder::entries(std::size_t entries_max) const {
    Descriptor here(::openat(descriptor_.get(), ".", never_block | O_DIRECTORY));
    return names_in(std::move(here), name_, entries_max);
}

Result<std::vector<FolderEntry>> UntrustedFolder::list(const ListOptions& options) const {
    std::vector<FolderEntry> all;
    std::vector<std::pair<std::string, std::size_t>> left{{"", 0}}; // folder, depth
    while (!left.empty()) {
        const auto [at, depth] = std::move(left.back());
        left.pop_back();
        if (depth > options.depth_max) {
            return failure(ErrorCode::TooLarge, name_ + "/" + at + " lies more than " +
                                                    std::to_string(options.depth_max) +
                                                    " folders deep");
        }
        std::vector<FolderEntry> found;
        const std::size_t room = options.entries_max - all.size();
        if (at.empty()) {
            TRY(found, entries(room));
        } else {
            const auto here = folder(at);
            if (!here && here.error().code == ErrorCode::Forbidden &&
                at == options.unreadable_passed_over) {
                continue;
            }
            TRY(found, here ? here->entries(room) : tl::unexpected<Error>(here.error()));
        }
        for (FolderEntry& entry : found) {
            entry.path = at.empty() ? entry.path : at + "/" + entry.path;
            if (entry.kind == EntryKind::Folder) {
                left.emplace_back(entry.path, depth + 1);
            }
            all.push_back(std::move(entry));
        }
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return all;
}

void UntrustedFolder::remove(const std::string& name) const {
    if (segments_of(name).size() == 1) {
        ::unlinkat(descriptor_.get(), name.c_str(), 0);
    }
}

Status UntrustedFolder::touch(const std::string& name) const {
    remove(name);
    const Descriptor made(::openat(descriptor_.get(), name.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!made.valid()) {
        return failure(code_of(errno),
                       "cannot make " + name_ + "/" + name + ": " + words_of(errno));
    }
    return {};
}

} // namespace pedigree

#include "cli/download/folder.h"

#include <array>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errno_text.h"
#include "base/open_file.h"

namespace pedigree::cli {

namespace {

constexpr const char* parts_name = ".pedigree-parts";

std::string last_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

tl::unexpected<Error> cannot(const std::string& what) {
    const int number = errno;
    const bool refused = number == EACCES || number == EPERM || number == EROFS;
    return failure(refused ? ErrorCode::Forbidden : ErrorCode::Internal,
                   "cannot " + what + ": " + errno_text(number));
}

// A folder in another, through no link.
Result<Descriptor> folder_in(int parent, const std::string& name, const std::string& shown) {
    Descriptor folder(
        ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (folder.valid()) {
        return folder;
    }
    if (errno == ENOENT) {
        return failure(ErrorCode::NotFound, shown + " is not there");
    }
    if (errno == ELOOP || errno == ENOTDIR) {
        return failure(ErrorCode::AlreadyExists,
                       shown + " is a link or a file, and a folder has to be there: move it away, "
                               "or give another folder with -o");
    }
    return cannot("open " + shown);
}

Status make_folder(int parent, const std::string& name, mode_t mode, const std::string& shown) {
    const bool made = ::mkdirat(parent, name.c_str(), mode) == 0 || errno == EEXIST;
    return made ? Status() : cannot("make " + shown);
}

// A regular file that has no other name, under which others would see it change.
bool is_ours(const Descriptor& file) {
    struct stat seen{};
    return ::fstat(file.get(), &seen) == 0 && S_ISREG(seen.st_mode) && seen.st_nlink == 1;
}

Result<Descriptor> open_part(int parts, const std::string& name) {
    constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    Descriptor file(::openat(parts, name.c_str(), flags, 0666));
    if (file.valid() && is_ours(file)) {
        return file;
    }
    ::unlinkat(parts, name.c_str(), 0);
    file = Descriptor(::openat(parts, name.c_str(), flags | O_EXCL, 0666));
    return file.valid() ? Result<Descriptor>(std::move(file))
                        : cannot("write " + std::string(parts_name) + "/" + name);
}

} // namespace

Status Part::append(std::string_view more) {
    while (!more.empty()) {
        const ssize_t count =
            ::pwrite(descriptor_.get(), more.data(), more.size(), static_cast<off_t>(bytes_));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return cannot("write what was downloaded");
        }
        hash_.update(more.substr(0, static_cast<std::size_t>(count)));
        bytes_ += count;
        more.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Status Part::begin_again() {
    hash_ = Sha256();
    bytes_ = 0;
    return ::ftruncate(descriptor_.get(), 0) == 0 ? Status()
                                                  : cannot("empty what was downloaded before");
}

Result<DownloadFolder> DownloadFolder::open(const std::filesystem::path& path) {
    std::error_code problem;
    std::filesystem::create_directories(path, problem);
    DownloadFolder folder;
    folder.name_ = path.string();
    folder.descriptor_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.descriptor_.valid()) {
        return errno == ENOTDIR ? failure(ErrorCode::AlreadyExists, path.string() + " is no folder")
                                : cannot("open the folder " + path.string());
    }
    return folder;
}

Result<Descriptor> DownloadFolder::parent_of(const std::string& path, Make make) const {
    Descriptor parent(::fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0));
    for (std::size_t at = 0, end = path.find('/'); end != std::string::npos;
         at = end + 1, end = path.find('/', at)) {
        const std::string name = path.substr(at, end - at);
        if (make == Make::Yes) {
            TRY(make_folder(parent.get(), name, 0777, shown(path.substr(0, end))));
        }
        TRY(Descriptor child, folder_in(parent.get(), name, shown(path.substr(0, end))));
        parent = std::move(child);
    }
    return parent;
}

Result<Present> DownloadFolder::look(const artifacts::ManifestFile& file) const {
    const auto parent = parent_of(file.path, Make::No);
    if (!parent) {
        return parent.error().code == ErrorCode::NotFound ? Result<Present>(Present::Nothing)
                                                          : tl::unexpected(parent.error());
    }
    const std::string name = last_of(file.path);
    struct stat seen{};
    if (::fstatat(parent->get(), name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? Result<Present>(Present::Nothing)
                               : cannot("look at " + shown(file.path));
    }
    if (S_ISDIR(seen.st_mode)) {
        return failure(ErrorCode::AlreadyExists,
                       shown(file.path) + " is a folder, and a file has to be there: move it away, "
                                          "or give another folder with -o");
    }
    if (!S_ISREG(seen.st_mode) || seen.st_size != file.bytes) {
        return Present::Other;
    }
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    Descriptor open(::openat(parent->get(), name.c_str(), flags));
    if (!open.valid()) {
        return Present::Other;
    }
    TRY(const OpenFile there, regular_file(std::move(open), shown(file.path)));
    TRY(const Digest digest, there.digest());
    return digest == file.digest ? Present::Same : Present::Other;
}

Result<Part> DownloadFolder::part(const artifacts::ManifestFile& file) const {
    TRY(make_folder(descriptor_.get(), parts_name, 0777, shown(parts_name)));
    TRY(const Descriptor parts, folder_in(descriptor_.get(), parts_name, shown(parts_name)));
    Part part;
    TRY(part.descriptor_, open_part(parts.get(), file.digest.hex()));
    if (::flock(part.descriptor_.get(), LOCK_EX | LOCK_NB) != 0) {
        return failure(ErrorCode::AlreadyExists,
                       "another download writes to " + shown(file.path) + " at this moment");
    }
    std::array<char, 256 * 1024> buffer;
    for (;;) {
        const ssize_t count = ::pread(part.descriptor_.get(), buffer.data(), buffer.size(),
                                      static_cast<off_t>(part.bytes_));
        if (count < 0) {
            return cannot("read what was downloaded before of " + shown(file.path));
        }
        if (count == 0) {
            break;
        }
        part.hash_.update({buffer.data(), static_cast<std::size_t>(count)});
        part.bytes_ += count;
    }
    if (part.bytes_ > file.bytes) {
        TRY(part.begin_again());
    }
    return part;
}

Status DownloadFolder::settle(Part& part, const artifacts::ManifestFile& file,
                              Replace replace) const {
    TRY(const Descriptor parts, folder_in(descriptor_.get(), parts_name, shown(parts_name)));
    const std::string from = file.digest.hex();
    if (const Digest came = part.hash_.finish(); came != file.digest) {
        ::unlinkat(parts.get(), from.c_str(), 0);
        return failure(ErrorCode::Corrupt, "what came of " + file.path + " has the digest " +
                                               came.text() + ", and the record says " +
                                               file.digest.text() + ": it was not kept");
    }
    if (::fsync(part.descriptor_.get()) != 0) {
        return cannot("write " + shown(file.path));
    }
    TRY(const Descriptor parent, parent_of(file.path, Make::Yes));
    const std::string name = last_of(file.path);
    const unsigned flags = replace == Replace::No ? RENAME_NOREPLACE : 0;
    int done = ::renameat2(parts.get(), from.c_str(), parent.get(), name.c_str(), flags);
    if (done != 0 && errno == EINVAL && flags != 0) { // a file system that cannot promise it
        done = ::renameat(parts.get(), from.c_str(), parent.get(), name.c_str());
    }
    if (done != 0 && errno == EEXIST) {
        return failure(ErrorCode::AlreadyExists, shown(file.path) + " has come there meanwhile");
    }
    return done == 0 ? Status() : cannot("write " + shown(file.path));
}

void DownloadFolder::finish() const {
    ::unlinkat(descriptor_.get(), parts_name, AT_REMOVEDIR);
}

} // namespace pedigree::cli

#include "base/open_file.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errno_text.h"

namespace pedigree {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

} // namespace

Result<std::size_t> OpenFile::read_at(std::int64_t offset, std::span<char> buffer) const {
    const auto wanted = static_cast<std::size_t>(
        std::clamp<std::int64_t>(bytes - offset, 0, static_cast<std::int64_t>(buffer.size())));
    std::size_t filled = 0;
    while (filled < wanted) {
        const ssize_t count = ::pread(descriptor.get(), buffer.data() + filled, wanted - filled,
                                      offset + static_cast<std::int64_t>(filled));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return failure(ErrorCode::Unavailable, "cannot read " + name + ": " + errno_text());
        }
        if (count == 0) {
            return failure(ErrorCode::Conflict, name + " became shorter while it was read");
        }
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

Result<Digest> OpenFile::digest() const {
    Sha256 hash;
    std::string buffer(piece_bytes, '\0');
    for (std::int64_t offset = 0; offset < bytes;) {
        TRY(const std::size_t count, read_at(offset, buffer));
        hash.update(std::string_view(buffer).substr(0, count));
        offset += static_cast<std::int64_t>(count);
    }
    return hash.finish();
}

Result<std::string> OpenFile::text(std::size_t bytes_max) const {
    if (bytes > static_cast<std::int64_t>(bytes_max)) {
        return failure(ErrorCode::TooLarge,
                       name + " is larger than " + std::to_string(bytes_max) + " bytes");
    }
    std::string all(static_cast<std::size_t>(bytes), '\0');
    TRY(read_at(0, all));
    return all;
}

Result<OpenFile> regular_file(Descriptor descriptor, std::string name) {
    struct stat facts{};
    if (::fstat(descriptor.get(), &facts) != 0) {
        return failure(ErrorCode::Unavailable, "cannot look at " + name + ": " + errno_text());
    }
    if (!S_ISREG(facts.st_mode)) {
        return failure(ErrorCode::InvalidInput, name + " is not a regular file");
    }
    return OpenFile{std::move(descriptor), facts.st_size, std::move(name)};
}

Result<OpenFile> open_file(const std::filesystem::path& path) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!descriptor.valid()) {
        const bool absent = errno == ENOENT || errno == ENOTDIR;
        return failure(absent ? ErrorCode::NotFound : ErrorCode::Unavailable,
                       "cannot read " + path.string() + ": " + errno_text());
    }
    return regular_file(std::move(descriptor), path.string());
}

} // namespace pedigree

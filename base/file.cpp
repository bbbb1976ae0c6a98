#include "base/file.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/errno_text.h"
#include "base/ids.h"

namespace pedigree {
namespace {

tl::unexpected<Error> system_failure(std::string_view doing, const std::filesystem::path& path) {
    const int number = errno;
    const ErrorCode code = number == ENOENT || number == ENOTDIR ? ErrorCode::NotFound
                           : number == EISDIR                    ? ErrorCode::InvalidInput
                           : number == EACCES || number == EPERM ? ErrorCode::Forbidden
                                                                 : ErrorCode::Unavailable;
    return failure(code, fmt::format("cannot {} {}: {}", doing, path.string(), errno_text(number)));
}

// Calls `sink` with each piece of the file.
template <typename Sink>
Status stream_file(const std::filesystem::path& path, Sink sink) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        return system_failure("open", path);
    }
    std::array<char, 256 * 1024> buffer;
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return system_failure("read", path);
        }
        if (count == 0) {
            return {};
        }
        TRY(sink(std::string_view(buffer.data(), static_cast<std::size_t>(count))));
    }
}

} // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    std::string bytes;
    TRY(stream_file(path, [&](std::string_view piece) -> Status {
        if (bytes.size() + piece.size() > bytes_max) {
            return failure(ErrorCode::TooLarge,
                           fmt::format("{} is larger than {} bytes", path.string(), bytes_max));
        }
        bytes += piece;
        return {};
    }));
    return bytes;
}

Result<Digest> digest_file(const std::filesystem::path& path) {
    Sha256 hash;
    TRY(stream_file(path, [&](std::string_view piece) -> Status {
        hash.update(piece);
        return {};
    }));
    return hash.finish();
}

Status write_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
    const std::filesystem::path beside = path.string() + "." + random_uuid().substr(0, 8);
    {
        const Descriptor file(
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        if (file.get() < 0) {
            return system_failure("create", beside);
        }
        while (!bytes.empty()) {
            const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count < 0) {
                auto error = system_failure("write", beside);
                ::unlink(beside.c_str());
                return error;
            }
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        ::fsync(file.get());
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        auto error = system_failure("rename to", path);
        ::unlink(beside.c_str());
        return error;
    }
    return {};
}

} // namespace pedigree

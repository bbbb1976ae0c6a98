#include "recorder/exchange_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pedigree::recorder {

namespace fs = std::filesystem;

Result<std::string> read_exchange_file(const fs::path& path, std::size_t bytes_max) {
    const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) {
        return failure(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Forbidden,
                       "cannot read " + path.string() + ": " + std::strerror(errno));
    }
    struct stat facts{};
    std::string bytes;
    const bool regular =
        ::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_nlink == 1;
    std::array<char, 64 * 1024> buffer;
    ssize_t count = 0;
    while (regular && bytes.size() <= bytes_max &&
           (count = ::read(file, buffer.data(), buffer.size())) > 0) {
        bytes.append(buffer.data(), static_cast<std::size_t>(count));
    }
    ::close(file);
    if (!regular || bytes.size() > bytes_max) {
        return failure(regular ? ErrorCode::TooLarge : ErrorCode::InvalidInput,
                       path.string() +
                           (regular ? " is larger than it may be" : " is not a file of its own"));
    }
    return bytes;
}

Result<fs::path> inside(const fs::path& folder, const std::string& relative) {
    std::error_code problem;
    const fs::path home = fs::canonical(folder, problem);
    const fs::path real = problem ? fs::path() : fs::canonical(home / relative, problem);
    if (problem) {
        return failure(ErrorCode::NotFound, relative + " is not there");
    }
    const fs::path below = real.lexically_relative(home);
    if (below.empty() || *below.begin() == "..") {
        return failure(ErrorCode::InvalidInput, relative + " leads out of " + folder.string());
    }
    return real;
}

} // namespace pedigree::recorder

// Links in a folder that is not ours: their text is read and followed by us, segment by segment, so
// that no link is ever opened. The answer is only a path: whoever opens it checks again.

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errno_text.h"
#include "base/untrusted_folder.h"

namespace pedigree {
namespace {

constexpr int links_max = 40; // as the kernel's own bound

std::deque<std::string> split(const std::string& path) {
    std::deque<std::string> segments;
    for (std::size_t at = 0; at < path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        segments.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    return segments;
}

std::string joined(const std::vector<std::string>& segments) {
    std::string path;
    for (const auto& segment : segments) {
        path += path.empty() ? segment : "/" + segment;
    }
    return path;
}

tl::unexpected<Error> leads_out(const std::string& relative) {
    return failure(ErrorCode::InvalidInput,
                   relative + " is a symbolic link that leads out of its folder");
}

// What stands after `known_as` in an absolute text; nothing if it lies elsewhere.
Result<std::string> below(const std::string& text, const std::string& known_as,
                          const std::string& relative) {
    if (text == known_as && !known_as.empty()) {
        return std::string();
    }
    if (known_as.empty() || !text.starts_with(known_as + "/")) {
        return leads_out(relative);
    }
    return text.substr(known_as.size() + 1);
}

} // namespace

Result<std::string> UntrustedFolder::resolve(const std::string& relative,
                                             const std::string& known_as) const {
    std::vector<std::string> real; // without links
    std::deque<std::string> left = split(relative);
    for (int links = 0; !left.empty();) {
        const std::string segment = std::move(left.front());
        left.pop_front();
        if (segment.empty() || segment == ".") {
            continue;
        }
        if (segment == "..") {
            if (real.empty()) {
                return leads_out(relative);
            }
            real.pop_back();
            continue;
        }
        Descriptor parent(real.empty() ? ::fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0) : -1);
        if (!real.empty()) {
            TRY(parent, open_beneath(joined(real), O_PATH | O_DIRECTORY | O_CLOEXEC));
        }
        std::array<char, PATH_MAX> text{};
        const ssize_t size = ::readlinkat(parent.get(), segment.c_str(), text.data(), text.size());
        if (size < 0 && errno == EINVAL) { // no link
            real.push_back(segment);
            continue;
        }
        if (size < 0) {
            return failure(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable,
                           relative + " leads to nothing: " + errno_text());
        }
        if (++links > links_max) {
            return failure(ErrorCode::InvalidInput, relative + " has too many links on its way");
        }
        std::string target(text.data(), static_cast<std::size_t>(size));
        if (target.starts_with('/')) {
            TRY(target, below(target, known_as, relative));
            real.clear();
        }
        const auto more = split(target);
        left.insert(left.begin(), more.begin(), more.end());
    }
    return joined(real);
}

} // namespace pedigree

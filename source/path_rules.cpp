#include "source/path_rules.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace pedigree::source {
namespace {

std::vector<std::string_view> components_of(std::string_view path) {
    std::vector<std::string_view> components;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        components.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return components;
}

bool is_dot_git(std::string_view component) {
    return component.size() == 4 && component[0] == '.' && (component[1] | 0x20) == 'g' &&
           (component[2] | 0x20) == 'i' && (component[3] | 0x20) == 't';
}

} // namespace

Status check_path(std::string_view path, std::size_t path_bytes_max) {
    const auto refuse = [&](std::string_view why) {
        return failure(ErrorCode::InvalidInput, "PathRefused",
                       fmt::format("E0137 the repository holds \"{}\": {}",
                                   valid_utf8(path.substr(0, 120)), why));
    };
    if (path.size() > path_bytes_max) {
        return refuse(fmt::format("the path is longer than {} bytes", path_bytes_max));
    }
    if (std::any_of(path.begin(), path.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
        return refuse("the path holds a control character");
    }
    if (!is_utf8(path)) {
        return refuse("the path is not UTF-8");
    }
    for (const std::string_view component : components_of(path)) {
        if (component.empty() || component == "." || component == "..") {
            return refuse("the path has an empty, \".\" or \"..\" component");
        }
        if (is_dot_git(component)) {
            return refuse("a folder of git's own is no source");
        }
        if (component.starts_with(".wh.")) {
            return refuse("names that begin with \".wh.\" delete files in image layers");
        }
    }
    return {};
}

bool symlink_stays_inside(std::string_view path, std::string_view target) {
    if (target.empty() || target.front() == '/' ||
        target.find_first_of(std::string_view("\0\n", 2)) != target.npos) {
        return false;
    }
    std::ptrdiff_t depth = std::count(path.begin(), path.end(), '/');
    for (const std::string_view component : components_of(target)) {
        if (component == "..") {
            --depth;
        } else if (!component.empty() && component != ".") {
            ++depth;
        }
        if (depth < 0) {
            return false;
        }
    }
    return true;
}

bool is_lfs_pointer(std::string_view bytes) {
    return bytes.size() < 1024 && bytes.starts_with("version https://git-lfs.github.com/spec/v1");
}

} // namespace pedigree::source

#include "imagebuild/layer/layer_path.h"

#include <algorithm>

#include "base/text.h"

namespace pedigree::imagebuild {

std::optional<std::string_view> layer_path_problem(std::string_view path) {
    if (path.empty() || path.size() > layer_path_bytes_max) {
        return "has an empty or too long name";
    }
    if (path.front() == '/') {
        return "is an absolute path";
    }
    if (std::any_of(path.begin(), path.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
        })) {
        return "has a control character or backslash in its name";
    }
    if (!is_utf8(path)) {
        return "has a name that is not UTF-8";
    }
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view component = path.substr(begin, end - begin);
        if (component.empty() || component == "." || component == "..") {
            return "has an empty, \".\" or \"..\" component";
        }
        if (component.size() > layer_name_bytes_max) {
            return "has a component too long for a file system";
        }
        if (component.starts_with(".wh.")) {
            return "would delete files of the layers below";
        }
        begin = end + 1;
    }
    return std::nullopt;
}

} // namespace pedigree::imagebuild

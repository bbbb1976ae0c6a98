#include "trackers/clearml/files.h"

#include <algorithm>

#include "base/text.h"
#include "net/url.h"
#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr std::string_view files_path = "/files/";

bool is_shown(std::string_view text) {
    while (!text.empty()) {
        const Character one = first_character(text);
        if (!one.valid || is_control(one.code)) {
            return false;
        }
        text.remove_prefix(one.bytes);
    }
    return true;
}

} // namespace

bool is_file_path(std::string_view path) {
    if (path.empty() || path.size() > clearml_name_bytes_max || path.back() == '/' ||
        !is_shown(path)) {
        return false;
    }
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        if (part.empty() || part == "." || part == "..") {
            return false;
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return true;
}

std::optional<std::string> uploaded_path(std::string_view name) {
    name.remove_prefix(name.starts_with('/') ? 1 : 0);
    return is_file_path(name) ? std::optional<std::string>(name) : std::nullopt;
}

std::optional<std::string> file_of(const Settings& settings, std::string_view address) {
    const std::string prefix = settings.base_url + std::string(files_path);
    if (!address.starts_with(prefix)) {
        return std::nullopt;
    }
    const auto path = net::percent_decode(address.substr(prefix.size()));
    return path && is_file_path(*path) ? std::optional(*path) : std::nullopt;
}

} // namespace pedigree::trackers::clearml

#include "base/environment.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

namespace pedigree {

std::string environment_variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::map<std::string, std::string> environment_variables() {
    std::map<std::string, std::string> all;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != text.npos) {
            all.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return all;
}

std::filesystem::path find_program(std::string_view name, std::string_view path) {
    while (!path.empty()) {
        const std::size_t end = std::min(path.find(':'), path.size());
        const std::filesystem::path file = std::filesystem::path(path.substr(0, end)) / name;
        path.remove_prefix(std::min(end + 1, path.size()));
        std::error_code ignored;
        if (file.is_absolute() && std::filesystem::is_regular_file(file, ignored) &&
            ::access(file.c_str(), X_OK) == 0) {
            return file;
        }
    }
    return {};
}

} // namespace pedigree

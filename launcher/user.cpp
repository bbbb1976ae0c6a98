#include "launcher/user.h"

#include <unistd.h>

namespace pedigree::launcher {
namespace {

// The login name of a uid: the first field of the line whose third is the uid.
std::string login_name(std::string_view passwd, std::uint32_t uid) {
    const std::string wanted = std::to_string(uid);
    while (!passwd.empty()) {
        const auto end = passwd.find('\n');
        const std::string_view line = passwd.substr(0, end);
        passwd.remove_prefix(end == std::string_view::npos ? passwd.size() : end + 1);
        const auto name_end = line.find(':');
        const auto password_end = line.find(':', name_end + 1);
        if (name_end == std::string_view::npos || password_end == std::string_view::npos) {
            continue;
        }
        const auto uid_end = line.find(':', password_end + 1);
        if (line.substr(password_end + 1, uid_end - password_end - 1) == wanted) {
            return std::string(line.substr(0, name_end));
        }
    }
    return "";
}

bool has(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found != environment.end() && !found->second.empty();
}

} // namespace

Environment missing_user_variables(const Environment& environment, std::string_view passwd,
                                   std::uint32_t uid, const std::filesystem::path& workspace) {
    Environment missing;
    if (!has(environment, "HOME")) {
        missing["HOME"] = workspace.string();
    }
    if (!has(environment, "LOGNAME") && !has(environment, "USER")) {
        std::string name = login_name(passwd, uid);
        if (name.empty()) {
            name = "uid-" + std::to_string(uid);
        }
        missing["LOGNAME"] = name;
        missing["USER"] = name;
    }
    return missing;
}

Environment current_environment() {
    Environment environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) {
            environment.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return environment;
}

} // namespace pedigree::launcher

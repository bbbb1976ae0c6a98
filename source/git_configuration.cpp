#include "source/git_configuration.h"

#include <fmt/format.h>

#include "base/digest.h"

namespace pedigree::source {
namespace {

std::string quoted_value(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + "\"";
}

// Objects are checked as they come in. Harmless faults of old histories are let pass.
constexpr std::string_view fixed_part = R"([core]
    hooksPath = /dev/null
    fsmonitor = false
    askPass = /bin/false
[credential]
    helper =
[gc]
    auto = 0
[maintenance]
    auto = false
[fetch]
    fsckObjects = true
    recurseSubmodules = false
[fetch "fsck"]
    zeroPaddedFilemode = ignore
    missingSpaceBeforeDate = ignore
    missingSpaceBeforeEmail = ignore
    badTimezone = ignore
    missingNameBeforeEmail = ignore
[protocol]
    allow = never
    version = 2
[http]
    followRedirects = false
    proxy =
    emptyAuth = false
    lowSpeedLimit = 1000
    lowSpeedTime = 60
)";

} // namespace

Secret git_configuration_text(const GitConfiguration& configuration,
                              const std::optional<Credential>& credential) {
    std::string text(fixed_part);
    text += fmt::format("    curloptResolve = {}\n", quoted_value(configuration.pinned_address));
    if (!configuration.ca_file.empty()) {
        text += fmt::format("    sslCAInfo = {}\n", quoted_value(configuration.ca_file));
    }
    text += "[protocol \"https\"]\n    allow = always\n";
    if (configuration.transport == Transport::HttpAllowed) {
        text += "[protocol \"http\"]\n    allow = always\n";
    }
    if (credential) {
        const std::string username = credential->username.empty() ? "oauth2" : credential->username;
        text += fmt::format("[http {}]\n    extraHeader = \"Authorization: Basic {}\"\n",
                            quoted_value(configuration.origin),
                            to_base64(username + ":" + credential->password.reveal()));
    }
    return Secret(std::move(text));
}

std::string git_configuration_for_ssh() {
    return std::string(fixed_part) + "[protocol \"ssh\"]\n    allow = always\n";
}

} // namespace pedigree::source

#pragma once
// Repositories over ssh: ssh://[USER@]HOST[:PORT]/PATH. The short form HOST:PATH of git is not
// read: it has no place for a port, and one way to write a thing is enough. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::source {

struct SshUrl {
    std::string user = "git"; // what GitLab, GitHub and Gitea take for every key
    std::string host;         // lower case; an IPv6 address without its brackets
    std::uint16_t port = 22;
    std::string path; // begins with '/'

    std::string text() const;
    // How known_hosts names it: "host", or "[host]:port" for another port than 22.
    std::string known_host() const;
};

bool is_ssh_url(std::string_view text);

// InvalidInput for other schemes, a password, and what could be taken for an option.
Result<SshUrl> parse_ssh_url(std::string_view text);

} // namespace pedigree::source

#pragma once
// The only configuration that ssh sees (-F), as text: one key, the host keys that the user's Secret
// names and no others, nobody to ask, nothing forwarded, nothing started, the address that was
// checked and no other (ssh_config(5)). HostKeyAlias keeps the name by which the known hosts have
// it, since HostName is that address. For a keyword that is given twice ssh takes the first. Pure.

#include <filesystem>
#include <string>

#include "source/ssh_url.h"

namespace pedigree::source {

struct SshConfiguration {
    std::string address; // numeric
    std::filesystem::path identity_file;
    std::filesystem::path known_hosts_file;
};

// `url` was read by parse_ssh_url(): no character of it ends a line. The files' paths are ours.
std::string ssh_configuration_text(const SshUrl& url, const SshConfiguration& configuration);

} // namespace pedigree::source

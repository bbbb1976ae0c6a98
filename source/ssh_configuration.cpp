#include "source/ssh_configuration.h"

#include <fmt/format.h>

namespace pedigree::source {

std::string ssh_configuration_text(const SshUrl& url, const SshConfiguration& configuration) {
    constexpr std::string_view fixed_part = R"(Host *
    BatchMode yes
    StrictHostKeyChecking yes
    GlobalKnownHostsFile none
    UpdateHostKeys no
    CheckHostIP no
    VerifyHostKeyDNS no
    CanonicalizeHostname no
    IdentitiesOnly yes
    IdentityAgent none
    PreferredAuthentications publickey
    ForwardAgent no
    ForwardX11 no
    ClearAllForwardings yes
    PermitLocalCommand no
    ProxyCommand none
    ControlMaster no
    ControlPath none
    RequestTTY no
    ConnectTimeout 30
    ServerAliveInterval 20
    ServerAliveCountMax 3
    LogLevel ERROR
)";
    return fmt::format("{}    HostName {}\n    HostKeyAlias {}\n    IdentityFile \"{}\"\n"
                       "    UserKnownHostsFile \"{}\"\n",
                       fixed_part, configuration.address, url.known_host(),
                       configuration.identity_file.string(),
                       configuration.known_hosts_file.string());
}

} // namespace pedigree::source

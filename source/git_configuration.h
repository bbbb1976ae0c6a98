#pragma once
// The only configuration that git sees (GIT_CONFIG_GLOBAL, with the system's switched off), as text
// (git-config(1)): no protocol but the one asked for, no redirect, no proxy, no hook, helper or
// prompt, the credential bound to one origin, the address that was checked, and every object proved
// as it comes in (fetch.fsckObjects). Values are quoted, so that none can become a setting. Pure.

#include <string>

#include "source/download.h"

namespace pedigree::source {

struct GitConfiguration {       // of https
    std::string origin;         // "https://git.example.com": what the credential is bound to
    std::string pinned_address; // "host:port:address", as curl's RESOLVE wants it
    std::string ca_file;        // empty: the system's bundle
    Transport transport = Transport::HttpsOnly;
};

// Holds the credential: write it with mode 0600.
Secret git_configuration_text(const GitConfiguration& configuration,
                              const std::optional<Credential>& credential);

// ssh has the credential in a configuration of its own (ssh_configuration.h).
std::string git_configuration_for_ssh();

} // namespace pedigree::source

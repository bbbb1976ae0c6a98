#pragma once
// The only configuration that git sees (GIT_CONFIG_GLOBAL, with the system's switched off), as
// text. Pure.

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

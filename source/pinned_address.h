#pragma once
// Resolves a host once and keeps to what was checked: git and ssh are told the number, so that a
// second answer of the name service cannot lead them elsewhere. Blocks while the name is asked for.

#include <cstdint>
#include <string>

#include "base/result.h"
#include "net/http_client.h"

namespace pedigree::source {

// The first address that egress allows, numeric. Errors: HostNotFound, SourceUnavailable,
// AddressRefused.
Result<std::string> pinned_address(const std::string& host, std::uint16_t port,
                                   const net::EgressCheck& egress);

} // namespace pedigree::source

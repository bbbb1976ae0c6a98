#pragma once
// The operator's own certificate authority: one self-signed CA and a server certificate for the
// names under which the Service is reached. Recorders and the aggregator trust that CA alone.
// EC P-256 keys; pure OpenSSL, no I/O.

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace pedigree::control {

constexpr std::chrono::hours certificate_lifetime{24 * 365};
// Renewed when less than this is left.
constexpr std::chrono::hours certificate_renewal{24 * 60};

struct ServerIdentity {
    std::string ca_pem;
    std::string certificate_pem;
    Secret key_pem;
};

Result<ServerIdentity> make_identity(const std::vector<std::string>& dns_names, Instant now);
// Whether the certificate is readable, names what it should and lasts long enough.
bool identity_serves(const ServerIdentity& identity, const std::string& dns_name, Instant now);

} // namespace pedigree::control

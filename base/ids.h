#pragma once
// Identifiers: random ones (uuid, salt) from OpenSSL's generator, and deterministic ones derived
// from what they name, so that a restart finds again what it made before.

#include <string>
#include <string_view>

#include "base/digest.h"

namespace pedigree {

std::string random_uuid();                   // version 4, lower case
std::string random_bytes(std::size_t count); // for salts and keys
double random_unit();                        // in [0, 1), for jitter

// A uuid of version 8 (RFC 9562) that is a function of the text: for acts whose inputs name them.
std::string uuid_from(std::string_view text);

// A random salt of 32 bytes, then SHA-256(salt + text): how the ledger holds an erasable string.
struct Commitment {
    std::string salt;
    Digest digest;
};
Commitment commit_text(std::string_view text);
Digest commitment_digest(std::string_view salt, std::string_view text);

} // namespace pedigree

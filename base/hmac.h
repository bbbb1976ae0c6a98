#pragma once
// HMAC-SHA256 (RFC 2104): who holds the key has said these bytes. Pure; any thread.

#include <string_view>

#include "base/digest.h"

namespace pedigree {

Digest hmac_sha256(std::string_view key, std::string_view bytes);

// Takes the same time wherever they differ, so that nobody finds a signature byte by byte.
bool equal_in_constant_time(const Digest& one, const Digest& other);

} // namespace pedigree

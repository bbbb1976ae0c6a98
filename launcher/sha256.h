#pragma once
// SHA-256 (FIPS 180-4, section 6.2) in lower-case hex. The launcher is static and small, and
// base/digest.h brings OpenSSL. The tests compare the two. Pure.

#include <string>
#include <string_view>

namespace pedigree::launcher {

std::string sha256_hex(std::string_view bytes);

} // namespace pedigree::launcher

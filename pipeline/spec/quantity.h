#pragma once
// Quantities as Kubernetes writes them, as far as an Experiment may use them: cores ("2", "1.5",
// "500m") and bytes ("8G", "8Gi", "1.5Gi"; k M G T P are powers of 1000, Ki Mi Gi Ti Pi of 1024).
// Pure. Errors: InvalidInput with what would be right.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::spec {

// More than 0; the value in thousandths of a core.
Result<std::int64_t> parse_millicores(std::string_view text);
// More than 0; fractions of a byte are rounded up, as Kubernetes does.
Result<std::int64_t> parse_bytes(std::string_view text);
// The shortest binary quantity with that value: 4294967296 is "4Gi", 1500 is "1500".
std::string bytes_quantity(std::int64_t bytes);

} // namespace pedigree::spec

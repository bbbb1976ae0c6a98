#pragma once
// From when to when a certificate is good. Pure OpenSSL, no I/O.

#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace pedigree::cli {

struct Validity {
    Instant begin, end;
};

// Of the first certificate in a PEM text; Corrupt if there is none that can be read.
Result<Validity> validity_of(const std::string& pem);

} // namespace pedigree::cli

#pragma once
// Dsn: what the database's URL says of the way there, read by libpq's own parser; the password is
// none of it. A URL whose password holds a sign that ends it (a "@" that is not percent-encoded) is
// refused here: libpq would take the rest of the password for a host, and name it in its errors.

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace pedigree::store {

struct Dsn {
    std::vector<std::string>
        hosts;           // in the order in which they are tried; a socket's folder is one
    std::string sslmode; // "": libpq's default, "prefer"
};

// InvalidInput says what to do and quotes nothing of the text.
Result<Dsn> read_dsn(const Secret& text);

// The first host on another machine to which passwords and records may go in clear text; "": none.
std::string clear_text_host(const Dsn& dsn);

} // namespace pedigree::store

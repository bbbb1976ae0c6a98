#pragma once
// Takes credentials out of a text by where they stand: the password of a URL, the value of a key
// that is called password, token or secret, what follows Bearer, a private key. For texts that are
// given to others and whose secrets nobody here knows; what is known is taken out by
// base/redaction.h. It takes too much rather than too little. Pure.

#include <set>
#include <string>
#include <string_view>

#include "base/json.h"

namespace pedigree::cli {

// With "[redacted]" in their places; each is put into `found`, so that it can be looked for where
// nothing tells that it is one.
std::string struck(std::string_view text, std::set<std::string>& found);

// An object without what only repeats it (managed fields, the last applied configuration), and
// without the values of containers' environment variables; their names, and those of the Secrets
// that they come from, stay.
Json without_values(Json object);

} // namespace pedigree::cli

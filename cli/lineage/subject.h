#pragma once
// What `pedigree trace` is asked about: the word of the command line as a query of the read API. A
// file or folder is hashed here (a folder by its manifest, as models are), so no bytes are sent.

#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::cli {

// "exp/NAME" -> "exp:NAME", "image:HOST/REPOSITORY@sha256:..." -> "image:sha256:...", a path ->
// "sha256:...". NotFound or InvalidInput says what can be asked.
Result<std::string> query_for(std::string_view subject);

} // namespace pedigree::cli

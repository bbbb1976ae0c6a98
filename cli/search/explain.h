#pragma once
// `pedigree search explain`: a history for a person: each trial, what it came to and why it was
// proposed; then which parameters matter. Pure.

#include <string>
#include <string_view>

#include "base/result.h"
#include "pipeline/search/search.h"

namespace pedigree::cli {

// `history`: the text of a history file, which is replayed on `search`. InvalidInput names the line
// that does not fit.
Result<std::string> explanation(search::Search search, std::string_view history, bool in_colour);

} // namespace pedigree::cli

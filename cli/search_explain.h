#pragma once
// `pedigree search explain`: a history for a person: each trial, what it came to and why it was
// proposed; then what the model learnt. Pure.

#include <string>
#include <string_view>

#include "base/result.h"
#include "pipeline/search/study.h"

namespace pedigree::cli {

// `history`: the text of a history file. InvalidInput names the line that does not fit.
Result<std::string> explanation(search::Study study, std::string_view history, bool in_colour);

} // namespace pedigree::cli

#pragma once
// Words of ours that a person types: in any case of letters, and a slip of a key is met with the
// word that was meant. Pure.

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::cli {

// The word as we write it: "failed" gives "Failed". InvalidInput names the nearest, or all:
// there is no phase "Runing"; did you mean "Running"?
Result<std::string> known_word(std::string_view what, std::string_view typed,
                               std::span<const std::string_view> words);

// Whether they are the same in whatever case of letters (ASCII).
bool same_word(std::string_view left, std::string_view right);

} // namespace pedigree::cli

#pragma once
// What git's words on standard error mean for us (LC_ALL=C). Pure.

#include <string_view>

#include "base/error.h"

namespace pedigree::source {

// `place` is the repository's URL, `wanted` the ref or commit.
Error git_failure(std::string_view error_output, std::string_view place, std::string_view wanted);

} // namespace pedigree::source

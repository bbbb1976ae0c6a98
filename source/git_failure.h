#pragma once
// What git's words on standard error mean for us (LC_ALL=C). Pure.
//
// The code says what may follow. Unavailable, Timeout and TooMany pass by themselves: it is tried
// again until the deadline. Internal (SourceFailed) is what we do not know: it is tried again a
// bounded number of times. Gone is a commit that the server has and hands out with a whole history
// alone. All others stay until somebody changes something.

#include <string_view>

#include "base/error.h"

namespace pedigree::source {

// `place` is the repository's URL, `wanted` the ref or commit.
Error git_failure(std::string_view error_output, std::string_view place, std::string_view wanted);

} // namespace pedigree::source

#pragma once
// Names that a user gives for a place in a history, checked before git sees them: a ref must not be
// able to become an option, a range or a path. Rules of git-check-ref-format(1). Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pedigree::source {

constexpr std::size_t ref_bytes_max = 255;

constexpr std::size_t commit_digits = 40; // of SHA-1, in hex

// A branch ("main"), a tag ("v1.0"), or a full name ("refs/tags/v1.0", "refs/pull/7/head").
Status check_ref(std::string_view ref);
// What it may be in full: itself, if it begins with "refs/"; else the branch and the tag. A short
// name that is both is refused everywhere, since git's own commands take one or the other.
std::vector<std::string> full_ref_names(const std::string& ref);
tl::unexpected<Error> ambiguous_ref(std::string_view repository, std::string_view ref);
// 40 lower-case hex digits.
Status check_commit(std::string_view commit);
// "." or a relative path without empty, "." or ".." components.
Status check_subdirectory(std::string_view path);

} // namespace pedigree::source

#pragma once
// Names that a user gives for a place in a history, checked before git sees them: a ref must not be
// able to become an option, a range or a path. Rules of git-check-ref-format(1). Pure.

#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::source {

constexpr std::size_t ref_bytes_max = 255;

// A branch ("main"), a tag ("v1.0"), or either with its prefix ("refs/tags/v1.0").
Status check_ref(std::string_view ref);
// 40 lower-case hex digits.
Status check_commit(std::string_view commit);
// "." or a relative path without empty, "." or ".." components.
Status check_subdirectory(std::string_view path);

} // namespace pedigree::source

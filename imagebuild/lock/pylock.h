#pragma once
// The TOML form of a lock (PEP 751), as uv and pip write it. The document is read by toml++, which
// recurses: what would nest too deep is refused before. Used by lock.cpp alone.

#include "imagebuild/lock/lock.h"

namespace pedigree::imagebuild {

// "pylock.toml", "pylock.gpu.toml", and any other name in .toml.
bool is_pylock_name(std::string_view file);

// All of a Lock but its digest.
Result<Lock> parse_pylock(std::string_view text, std::string_view file);

} // namespace pedigree::imagebuild

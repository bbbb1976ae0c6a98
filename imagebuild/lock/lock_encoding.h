#pragma once
// The text of a lock in UTF-8, whatever wrote it: by its byte order mark it may be UTF-16 or
// UTF-32, as PowerShell's > leaves a file, and as pip reads it (pip, "requirements file format",
// encoding). Used by lock.cpp alone. Pure.

#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::imagebuild {

// Without a mark. LockInvalid (E0141) for text that is none, and for UTF-16 and UTF-32 without a
// mark, which nobody can tell for sure.
Result<std::string> lock_in_utf8(std::string_view bytes, std::string_view file);

} // namespace pedigree::imagebuild

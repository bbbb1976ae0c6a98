#pragma once
// libgit2, begun once in a process, and its words. For this folder's .cpp files alone.

#include <string>

#include "base/result.h"

struct git_oid;

namespace pedigree::source {

void start_library();
// Of the last error of this thread: "<doing>: <libgit2's words>", Corrupt (SourceCorrupt), or
// TooLarge (memory_exceeded) where memory was what it lacked.
tl::unexpected<Error> library_failure(const std::string& doing);
std::string library_words();
std::string id_text(const git_oid* id);

} // namespace pedigree::source

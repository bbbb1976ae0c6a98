#pragma once
// libgit2, begun once in a process, and its words. For this folder's .cpp files alone: its types
// end here. It only reads repositories that source/download.h made; nothing of it talks to a host.

#include <string>

#include "base/result.h"

struct git_oid;

namespace pedigree::source {

// Before any other call of libgit2's; any thread, any number of times.
void start_library();
// Of the last error of this thread: "<doing>: <libgit2's words>", Corrupt (SourceCorrupt), or
// TooLarge (memory_exceeded) where memory was what it lacked.
tl::unexpected<Error> library_failure(const std::string& doing);
std::string library_words();
// 40 hexadecimal digits.
std::string id_text(const git_oid* id);

} // namespace pedigree::source

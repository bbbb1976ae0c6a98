#pragma once
// libgit2, begun once in a process, and its words. For this folder's .cpp files alone.

#include <string>

struct git_oid;

namespace pedigree::source {

void start_library();
std::string library_words(); // of the last error of this thread
std::string id_text(const git_oid* id);

} // namespace pedigree::source

#pragma once
// failpoint("job.created") ends the process with SIGKILL when PEDIGREE_FAILPOINT names it: how the
// crash tests die right after each effect. Builds without PEDIGREE_FAILPOINTS contain nothing.
// PEDIGREE_FAILPOINT is "NAME" or "NAME:N" (the N-th time); PEDIGREE_FAILPOINT_ONCE names a file
// that is created at the kill and disarms the point while it exists.

#include <string_view>

namespace pedigree {

#ifdef PEDIGREE_FAILPOINTS
void failpoint(std::string_view name);
#else
inline void failpoint(std::string_view) {}
#endif

} // namespace pedigree

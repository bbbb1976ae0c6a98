#pragma once
// The child's whole life: read one request from standard input, do it, write frames to standard
// output. It is started by the relay with an environment of its own (PATH, HOME, TMPDIR, the
// locale), limits, and a scratch directory, and confines itself (confinement.h) before it reads;
// whatever a hostile archive or server does to it ends with it.

#include <filesystem>

namespace pedigree::worker {

// 0 when an outcome or a failure was written.
int run_child(const std::filesystem::path& scratch, const std::filesystem::path& cache);

} // namespace pedigree::worker

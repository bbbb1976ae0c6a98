#pragma once
// What a child gives up before it reads its first byte: other files than its own, other processes,
// and the system calls that no piece of work needs
// (docs/decisions/0007-a-child-confines-itself.md).

#include <filesystem>

#include "base/result.h"

namespace pedigree::worker {

// Afterwards this process writes below `scratch` and `cache` alone, reads the system's libraries,
// certificates and name service beside them, and runs git and ssh alone. To be called while it has
// one thread. An error means that it must do no work.
Status confine(const std::filesystem::path& scratch, const std::filesystem::path& cache);

// No other process of this user may look into this one: /proc/<pid>/environ, memory, descriptors.
void hide_from_processes();

} // namespace pedigree::worker

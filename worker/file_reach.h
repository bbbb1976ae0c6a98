#pragma once
// Which files this process and all that it starts can still open, run or make: Landlock
// (docs.kernel.org/userspace-api/landlock.html), which needs no privilege and cannot be undone. In
// the same step the process loses the right to listen on TCP, to signal or trace processes outside
// of its domain, and to reach abstract unix sockets, as far as the kernel's version knows of these.
// To be called while the process has one thread.

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace pedigree::worker {

struct FileReach {
    std::vector<std::filesystem::path> writable;   // folders: anything but devices and sockets
    std::vector<std::filesystem::path> readable;   // files, and folders with what is below
    std::vector<std::filesystem::path> executable; // the same; they are readable as well
};

// What this kernel can do; 0 if it has no Landlock or the pod's seccomp profile forbids it.
int landlock_version();

// Paths that do not exist are left out. Without Landlock nothing is done. Needs no_new_privs.
Status restrict_files(const FileReach& reach);

} // namespace pedigree::worker

#pragma once
// The machine as the container sees it: processor model and flags, memory and its limit, GPUs and
// their driver. Read from /proc, /sys and the environment below `root`; what cannot be read is
// absent. Words: cpuModel, cpuFlags, cpus, memoryBytes, memoryLimitBytes, kernel, architecture,
// gpus, gpuModels, gpuDriver, cudaVersion.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "launcher/user.h"

namespace pedigree::launcher {

std::map<std::string, std::string> read_hardware(const Environment& environment,
                                                 const std::filesystem::path& root = "/");

// Processes of this container that the kernel killed for memory so far (cgroup v1 and v2); 0 if
// that cannot be read.
std::int64_t kernel_oom_kills(const std::filesystem::path& root = "/");

} // namespace pedigree::launcher

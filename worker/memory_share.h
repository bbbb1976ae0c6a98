#pragma once
// How much memory one piece of work may take, so that all pieces together never take the whole
// container's: the kernel would then kill it as a group, the innocent too. A piece that wants more
// fails alone and says so (MemoryExceeded). Pure but for reading the limit; any thread.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace pedigree::worker {

// Left to the worker itself and to what the kernel counts beside its children's own memory.
constexpr std::uint64_t worker_memory_bytes = 128ull << 20;
// Below it no image can be built (docs/measured.md: 50 MiB at most); the container is too small.
constexpr std::uint64_t child_memory_bytes_min = 96ull << 20;
constexpr std::uint64_t child_memory_bytes_max = 4ull << 30;

// The limit of this process's cgroup as its container sees it (cgroup v2, else v1); nothing where
// there is none.
std::optional<std::uint64_t>
container_memory_bytes(const std::filesystem::path& cgroup = "/sys/fs/cgroup");

// The share of each of `children_max`, within the two bounds above.
std::uint64_t memory_share_bytes(std::optional<std::uint64_t> container, std::size_t children_max);

} // namespace pedigree::worker

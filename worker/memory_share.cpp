#include "worker/memory_share.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/file.h"

namespace pedigree::worker {

std::optional<std::uint64_t> container_memory_bytes(const std::filesystem::path& cgroup) {
    constexpr std::size_t file_bytes_max = 4096;
    for (const char* name : {"memory.max", "memory/memory.limit_in_bytes"}) {
        const auto text = read_file(cgroup / name, file_bytes_max);
        std::uint64_t bytes = 0; // "max" is no number; v1 says a huge one
        if (text &&
            std::from_chars(text->data(), text->data() + text->size(), bytes).ec == std::errc()) {
            return bytes;
        }
    }
    return std::nullopt;
}

std::uint64_t memory_share_bytes(std::optional<std::uint64_t> container, std::size_t children_max) {
    if (!container) {
        return child_memory_bytes_max;
    }
    const std::uint64_t shared = *container - std::min(*container, worker_memory_bytes);
    return std::clamp(shared / std::max<std::size_t>(children_max, 1), child_memory_bytes_min,
                      child_memory_bytes_max);
}

} // namespace pedigree::worker

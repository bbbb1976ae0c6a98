#include "recorder/pending.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"

namespace pedigree::recorder {

namespace fs = std::filesystem;

Status PendingAppends::open(const fs::path& folder, std::int64_t bytes_max) {
    auto queue = queue_.lock();
    queue->folder = folder;
    queue->bytes_max = bytes_max;
    std::error_code problem;
    fs::create_directories(folder, problem);
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder, problem)) {
        if (entry.path().extension() == ".call") {
            found.push_back(entry.path());
        }
    }
    if (problem) {
        return failure(ErrorCode::Unavailable,
                       "cannot use " + folder.string() + ": " + problem.message());
    }
    std::sort(found.begin(), found.end());
    for (const auto& path : found) {
        const auto bytes = static_cast<std::int64_t>(fs::file_size(path, problem));
        queue->entries.push_back({path, bytes});
        queue->bytes += bytes;
        queue->next = std::stoll(path.stem().string()) + 1;
    }
    return {};
}

bool PendingAppends::push(const PendingCall& call) {
    auto queue = queue_.lock();
    const std::string text = call.target + "\n" + call.body;
    const auto bytes = static_cast<std::int64_t>(text.size());
    if (queue->bytes + bytes > queue->bytes_max) {
        return false;
    }
    const fs::path path = queue->folder / fmt::format("{:010}.call", queue->next);
    if (!write_file(path, text)) {
        return false;
    }
    ++queue->next;
    queue->entries.push_back({path, bytes});
    queue->bytes += bytes;
    return true;
}

std::optional<PendingCall> PendingAppends::front() {
    for (;;) {
        fs::path path;
        {
            auto queue = queue_.lock();
            if (queue->entries.empty()) {
                return std::nullopt;
            }
            path = queue->entries.front().path;
        }
        const auto text = read_file(path);
        const auto line_end = text ? text->find('\n') : std::string::npos;
        if (line_end != std::string::npos) {
            return PendingCall{text->substr(0, line_end), text->substr(line_end + 1)};
        }
        pop(); // unreadable: torn by a crash in the middle of its first write
    }
}

void PendingAppends::pop() {
    auto queue = queue_.lock();
    std::error_code ignored;
    fs::remove(queue->entries.front().path, ignored);
    queue->bytes -= queue->entries.front().bytes;
    queue->entries.pop_front();
}

std::size_t PendingAppends::size() {
    return queue_.with([](const Queue& queue) { return queue.entries.size(); });
}

} // namespace pedigree::recorder

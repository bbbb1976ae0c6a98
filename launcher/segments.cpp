#include "launcher/segments.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace pedigree::launcher {

namespace fs = std::filesystem;

Segments::Segments(fs::path folder, SegmentLimits limits)
    : folder_(std::move(folder)), limits_(limits) {}

Segments::~Segments() {
    seal();
}

Status Segments::open() {
    std::error_code problem;
    fs::create_directories(folder_, problem);
    if (problem) {
        return failure(ErrorCode::Unavailable,
                       "cannot make " + folder_.string() + ": " + problem.message());
    }
    return {};
}

fs::path Segments::segment_path(std::string_view ending) const {
    return folder_ / fmt::format("{:07}.{}", number_, ending);
}

void Segments::write(std::string_view bytes) {
    written_bytes_ += static_cast<std::int64_t>(bytes.size());
    while (!bytes.empty()) {
        const auto left = static_cast<std::size_t>(limits_.segment_bytes_max - current_bytes_);
        const std::string_view piece = bytes.substr(0, left);
        if (!room_for(static_cast<std::int64_t>(piece.size())) || !append(piece)) {
            dropped_bytes_ += static_cast<std::int64_t>(bytes.size());
            dropped_unsaid_ += static_cast<std::int64_t>(bytes.size());
            return;
        }
        bytes.remove_prefix(piece.size());
        if (current_bytes_ >= limits_.segment_bytes_max) {
            seal();
        }
    }
}

bool Segments::room_for(std::int64_t bytes) {
    const auto fits = [&] {
        return backlog_bytes_ + current_bytes_ + bytes <= limits_.backlog_bytes_max;
    };
    while (!fits() && !backlog_.empty()) {
        std::error_code problem;
        if (fs::exists(backlog_.front().path, problem)) {
            return false;
        }
        backlog_bytes_ -= backlog_.front().bytes;
        backlog_.pop_front();
    }
    return fits();
}

bool Segments::open_segment() {
    file_ = ::open(segment_path("part").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660);
    return file_ >= 0;
}

bool Segments::append(std::string_view bytes) {
    if (file_ < 0 && !open_segment()) {
        return false;
    }
    std::string said;
    if (dropped_unsaid_ > 0) {
        said = fmt::format("\n[pedigree: {} bytes of output were dropped here: the recorder could "
                           "not keep up]\n",
                           dropped_unsaid_);
        dropped_unsaid_ = 0;
        said += bytes;
        bytes = said;
    }
    while (!bytes.empty()) {
        const ssize_t count = ::write(file_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false; // the volume is full: the output itself still goes to the pod's log
        }
        current_bytes_ += count;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void Segments::seal() {
    if (file_ < 0) {
        return;
    }
    ::close(file_);
    file_ = -1;
    const fs::path complete = segment_path("out");
    std::error_code problem;
    fs::rename(segment_path("part"), complete, problem);
    backlog_.push_back({complete, current_bytes_});
    backlog_bytes_ += current_bytes_;
    current_bytes_ = 0;
    ++number_;
}

} // namespace pedigree::launcher

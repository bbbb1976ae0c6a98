#include "trackers/tensorboard/event_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "trackers/tensorboard/record.h"

namespace pedigree::trackers::tensorboard {
namespace {

constexpr std::int64_t window_bytes = 256 * 1024;

} // namespace

std::int64_t EventFile::take_records(std::string_view window,
                                     const std::function<void(std::string_view record)>& take) {
    const auto in_all = static_cast<std::int64_t>(window.size());
    std::int64_t at = 0;
    while (at < in_all && lost_.empty()) {
        const Frame frame = first_frame(window.substr(static_cast<std::size_t>(at)));
        const auto bytes = static_cast<std::int64_t>(frame.bytes);
        switch (frame.kind) {
        case FrameKind::Cut:
            needed_ = bytes;
            return at;
        case FrameKind::Lost:
            lost_ = fmt::format("what begins at byte {} is no record: nothing from there on can be "
                                "read",
                                offset_ + at);
            return at;
        case FrameKind::Record:
            take(frame.record);
            break;
        case FrameKind::Damaged:
            ++damaged_;
            break;
        case FrameKind::TooLarge:
            ++too_large_;
            break;
        }
        at += bytes;
    }
    return at;
}

EventFile::Progress EventFile::read(const UntrustedFolder& folder, std::int64_t bytes_max,
                                    const std::function<void(std::string_view record)>& take,
                                    std::stop_token stop) {
    Progress progress;
    const auto file = lost_.empty() ? folder.file(path_) : failure(ErrorCode::Corrupt, lost_);
    if (!file) {
        return progress; // lost, or taken away: what was read of it stays
    }
    if (file->bytes < bytes_) {
        lost_ = fmt::format("it became shorter after {} bytes of it had been read", bytes_);
        return progress;
    }
    bytes_ = file->bytes;
    std::string window;
    while (lost_.empty() && !stop.stop_requested()) {
        const std::int64_t left = bytes_ - offset_;
        if (left <= 0 || left < needed_) {
            return progress;
        }
        if (progress.bytes >= bytes_max) {
            progress.more = true;
            return progress;
        }
        window.resize(static_cast<std::size_t>(std::min(left, std::max(window_bytes, needed_))));
        if (!file->read_at(offset_, window)) {
            return progress; // at the next look it is shorter, or can be read
        }
        needed_ = 0;
        const std::int64_t taken = take_records(window, take);
        offset_ += taken;
        progress.bytes += taken;
    }
    return progress;
}

std::string EventFile::what_is_missing() const {
    std::string text = lost_;
    const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
    if (damaged_ > 0) {
        add(fmt::format("{} of its records are damaged", damaged_));
    }
    if (too_large_ > 0) {
        add(fmt::format("{} of its records are larger than {} bytes and were passed over",
                        too_large_, event_bytes_max));
    }
    if (lost_.empty() && offset_ != bytes_) {
        add(fmt::format("its last record was not finished ({} bytes)",
                        std::max<std::int64_t>(bytes_ - offset_, 0)));
    }
    return text;
}

} // namespace pedigree::trackers::tensorboard

#pragma once
// Segments: the command's output as numbered files for the recorder: NNNNNNN.part while written,
// NNNNNNN.out when complete, which is at segment_bytes_max or, so that a log can be followed, when
// seal() is called. The recorder removes what it has shipped. Complete segments that nobody removed
// never hold more than backlog_bytes_max: what comes beyond is dropped, counted, and said in the
// log where it is missing. Writing never waits for the recorder. One thread.

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::launcher {

struct SegmentLimits {
    std::int64_t segment_bytes_max = 1024 * 1024;
    std::int64_t backlog_bytes_max = 128 * 1024 * 1024;
};

class Segments {
  public:
    explicit Segments(std::filesystem::path folder, SegmentLimits limits = {});
    ~Segments();
    Segments(const Segments&) = delete;
    Segments& operator=(const Segments&) = delete;

    Status open(); // makes the folder
    void write(std::string_view bytes);
    void seal(); // completes the current segment if it holds anything

    std::int64_t written_bytes() const { return written_bytes_; } // kept and dropped
    std::int64_t dropped_bytes() const { return dropped_bytes_; }

  private:
    struct Complete {
        std::filesystem::path path;
        std::int64_t bytes;
    };

    bool room_for(std::int64_t bytes);
    bool open_segment();
    bool append(std::string_view bytes);
    std::filesystem::path segment_path(std::string_view ending) const;

    const std::filesystem::path folder_;
    const SegmentLimits limits_;
    int file_ = -1;
    std::int64_t number_ = 1;
    std::int64_t current_bytes_ = 0;
    std::int64_t backlog_bytes_ = 0;
    std::deque<Complete> backlog_; // oldest first, as the recorder removes them
    std::int64_t written_bytes_ = 0;
    std::int64_t dropped_bytes_ = 0;
    std::int64_t dropped_unsaid_ = 0;
};

} // namespace pedigree::launcher

#pragma once
// EventFile: one event file, read as it grows. Each read opens it anew beneath the working
// directory and goes on where the last one ended, so nothing is kept but an offset. A record that
// is cut is waited for; what is damaged is counted; a file whose lengths cannot be read any more,
// or that became shorter, is left alone from there on, and says so. Memory: a window of 256 KiB, or
// one record. One thread.

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/untrusted_folder.h"

namespace pedigree::trackers::tensorboard {

class EventFile {
  public:
    explicit EventFile(std::string path) : path_(std::move(path)) {}

    struct Progress {
        std::int64_t bytes = 0; // read
        bool more = false;      // than `bytes_max`: read again
    };
    // Gives each record to `take`. Whatever is wrong with the file is no error of the reader.
    Progress read(const UntrustedFolder& folder, std::int64_t bytes_max,
                  const std::function<void(std::string_view record)>& take, std::stop_token stop);

    const std::string& path() const { return path_; }
    std::int64_t bytes() const { return bytes_; } // that it had when it was read last
    // What a record of it does not hold, in a sentence without the file's name; "" for nothing.
    std::string what_is_missing() const;

  private:
    // How far the window was understood; nothing more is if lost_ stands.
    std::int64_t take_records(std::string_view window,
                              const std::function<void(std::string_view record)>& take);

    std::string path_;
    std::int64_t offset_ = 0; // of the next record; behind the end where a large one is passed over
    std::int64_t bytes_ = 0;  // that it had when it was read last
    std::int64_t needed_ = 0; // from offset_ on, to read a record
    std::int64_t damaged_ = 0, too_large_ = 0;
    std::string lost_;
};

} // namespace pedigree::trackers::tensorboard

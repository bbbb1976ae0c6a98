#pragma once
// CallJournal: the calls that a tracker's endpoint was told, in their order, in a file beside the
// recorder's own journal, so that a recorder that starts again answers as before: the same calls
// make the same book. An entry is a line {"method","path","now","cut","bytes"}, its body and a line
// feed; of an upload the method is "UPLOADED", the body what came of it. One that is cut at the end
// is the last moment before the recorder's end, and is dropped. Beyond call_journal_bytes_max
// nothing more is written down, and the next life says so. Not fsynced: it has to outlive a
// process, not a machine. One thread at a time.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "trackers/call.h"
#include "trackers/shelf.h"

namespace pedigree::trackers {

constexpr std::uint64_t call_journal_bytes_max = 64 * 1024 * 1024; // of one tracker

class CallJournal {
  public:
    // Hears what an earlier life was told.
    struct Listener {
        std::function<void(const Call&)> call;
        std::function<void(std::string_view path, const Shelved&)> upload;
    };
    // Reads what stands below this folder, in its order, then goes on there. "": nothing is to be
    // remembered.
    Status open(const std::filesystem::path& folder, const Listener& listener,
                std::uint64_t bytes_max = call_journal_bytes_max);
    void add(const Call& call);
    void add_upload(std::string_view path, const Shelved& shelved);

    // Whether an earlier life had no room for a call.
    bool was_full() const { return was_full_; }

  private:
    std::ofstream file_;
    std::uint64_t bytes_ = 0;
    std::uint64_t bytes_max_ = 0;
    bool full_ = false, was_full_ = false;
};

} // namespace pedigree::trackers

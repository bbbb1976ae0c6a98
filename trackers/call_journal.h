#pragma once
// CallJournal: the calls that a tracker's endpoint was told, in their order, in a file beside the
// recorder's own journal, so that a recorder that starts again answers as before: the same calls
// make the same book. An entry is a line {"method","path","now","state","bytes"}, its body and a
// line feed; one that is cut at the end is the last moment before the recorder's end, and is
// dropped. Beyond call_journal_bytes_max nothing more is written down, and the next life says so.
// Not fsynced: it has to outlive a
// process, not a machine. One thread at a time.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "trackers/call.h"

namespace pedigree::trackers {

constexpr std::uint64_t call_journal_bytes_max = 64 * 1024 * 1024; // of one tracker

class CallJournal {
  public:
    // Reads what an earlier life wrote below this folder, entry by entry, then goes on there.
    Status open(const std::filesystem::path& folder, const std::function<void(const Call&)>& each,
                std::uint64_t bytes_max = call_journal_bytes_max);
    // An upload is a call with the method "UPLOADED", its body what came of it.
    void add(const Call& call);

    // Whether there was no room for a call, in this life or an earlier one.
    bool is_full() const { return full_; }

  private:
    std::ofstream file_;
    std::uint64_t bytes_ = 0;
    std::uint64_t bytes_max_ = 0;
    bool full_ = false;
};

} // namespace pedigree::trackers

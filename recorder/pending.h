#pragma once
// PendingAppends: calls to known runs that the server could not take, kept in order as files beside
// the journal until it is back. Bounded in bytes: full means that the script gets a 503 and decides
// itself. A restart finds them again. Any thread; one thread delivers.

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/sync.h"

namespace pedigree::recorder {

constexpr std::int64_t pending_bytes_max = 64 * 1024 * 1024;

struct PendingCall {
    std::string target; // path and query; the method is POST
    std::string body;
};

class PendingAppends {
  public:
    Status open(const std::filesystem::path& folder, std::int64_t bytes_max = pending_bytes_max);

    // False: no room.
    bool push(const PendingCall& call);
    std::optional<PendingCall> front();
    void pop();
    std::size_t size();
    bool empty() { return size() == 0; }

  private:
    struct Entry {
        std::filesystem::path path;
        std::int64_t bytes;
    };
    struct Queue {
        std::filesystem::path folder;
        std::deque<Entry> entries;
        std::int64_t bytes = 0;
        std::int64_t bytes_max = 0;
        std::int64_t next = 1;
    };
    Sync<Queue> queue_;
};

} // namespace pedigree::recorder

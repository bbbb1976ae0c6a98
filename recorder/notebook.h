#pragma once
// Notebook: the observations and the journal they are written to, one JSON note a line, so that a
// restarted recorder goes on where it was. The journal lies on a volume that outlives the
// container, not the pod, so notes are not fsynced; a torn last line is dropped. When it has grown,
// it is replaced by the notes of the present value. Any thread.

#include <atomic>
#include <filesystem>
#include <fstream>

#include "base/result.h"
#include "base/sync.h"
#include "recorder/observations.h"

namespace pedigree::recorder {

constexpr std::int64_t journal_bytes_max = 16 * 1024 * 1024;

class Notebook {
  public:
    // Reads what an earlier life wrote to `path`, then goes on there.
    Status open(const std::filesystem::path& path, std::int64_t rewrite_at = journal_bytes_max);

    void note(const Json& note);
    void count(const std::string& counter, std::int64_t by = 1);
    // A run that was read from files, or more of it; a value of a search's objective there. Neither
    // goes into the journal: the next life reads the files again.
    void followed(records::pod::ObservedRun run);
    void followed_objective(std::int64_t step, MetricValue value);
    // How many notes this life has made.
    std::uint64_t notes() const { return notes_; }

    // Looks at the observations under the lock: copy what is needed, do not block.
    template <typename Look>
    auto look(Look look) {
        return pages_.with([&](Pages& pages) { return look(std::as_const(pages.seen)); });
    }
    Observations seen() {
        return look([](const Observations& seen) { return seen; });
    }

  private:
    struct Pages {
        Observations seen;
        std::filesystem::path path;
        std::ofstream journal;
        std::int64_t bytes = 0;
        std::int64_t rewrite_at = journal_bytes_max;
    };
    static void rewrite(Pages& pages);

    Sync<Pages> pages_;
    std::atomic<std::uint64_t> notes_ = 0;
};

} // namespace pedigree::recorder

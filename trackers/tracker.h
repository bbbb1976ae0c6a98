#pragma once
// What the rest of pedigree knows of a tracker (docs/decisions/0016-a-tracker-is-a-folder.md): each
// has a folder here, and a line in registry.cpp.
//
// A tracker whose scripts write files is followed: its Follower reads them where the script put
// them, while the script writes, and again from the beginning after the recorder was restarted, so
// it keeps nothing of its own. What a script wrote is a stranger's word: any bytes may stand there,
// files may be changed, cut and taken away at any moment. A follower bounds what it holds, says
// what it could not read as gaps, and never fails as a whole.

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/untrusted_folder.h"
#include "records/pod/bundle.h"

namespace pedigree::trackers {

// A file that was read, to be kept as it is.
struct FollowedFile {
    std::string path;   // below the working directory
    std::string folder; // the same for all files of a run
    std::string run_id; // "" if no run came of it
};

// What is told while files are read, from within look().
struct FollowNews {
    // A run that has changed; without the points of its metrics.
    std::function<void(records::pod::ObservedRun)> run = [](records::pod::ObservedRun) {};
    // Of a search: a value of its objective.
    std::function<void(std::int64_t step, MetricValue)> objective = [](std::int64_t, MetricValue) {
    };
};

// One thread at a time.
class Follower {
  public:
    virtual ~Follower() = default;

    // Reads on. True: there is more to read at once; it comes back now and then so that others can
    // be told. Ends early when the token stops.
    virtual bool look(const UntrustedFolder& workspace, const FollowNews& news,
                      std::stop_token stop) = 0;
    // Nothing more is written: files that came since are looked for, and what is cut stays so.
    virtual void finish() = 0;

    virtual std::vector<records::pod::ObservedRun> runs() const = 0; // with points
    virtual std::vector<FollowedFile> files() const = 0;
    virtual std::vector<records::pod::ObservedGap> gaps() const = 0;
};

struct FollowOptions {
    std::string objective_metric; // "" without a search
};

struct Tracker {
    const char* word; // as records have it: "TensorBoard"
    std::unique_ptr<Follower> (*follow)(const FollowOptions& options);
};

// All that there are, in the order in which a pod serves them.
std::span<const Tracker> all_trackers();

} // namespace pedigree::trackers

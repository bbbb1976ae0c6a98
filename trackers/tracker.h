#pragma once
// What the rest of pedigree knows of a tracker (docs/decisions/0016-a-tracker-is-a-folder.md): each
// has a folder here, and a line in registry.cpp.
//
// A tracker whose scripts write files is followed: its Follower reads them where the script put
// them, while the script writes, and again from the beginning after the recorder was restarted. One
// whose scripts call a server has that server in the pod: its follower is a PodEndpoint, too, which
// answers on the recorder's port below its path, at once and by itself, and remembers what it was
// told (pod.h has what a script needs to find it). What a script writes and says is a stranger's
// word: any bytes may stand there, files may be changed, cut and taken away at any moment. A
// follower bounds what it holds, says what it could not read as gaps, and never fails as a whole.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/untrusted_folder.h"
#include "net/http_server.h"
#include "records/pod/bundle.h"
#include "trackers/pod.h"
#include "trackers/shelf.h"

namespace pedigree::trackers {

// A file that was read, to be kept as it is, or with other bytes.
struct FollowedFile {
    std::string path;   // below the working directory
    std::string folder; // the same for all files of a run
    std::string run_id; // "" if no run came of it
    // Set: what is kept under that path, whether a file is there or not. Called while the follower
    // is there, once for each time that files are kept.
    std::function<Result<std::string>(const UntrustedFolder& workspace)> content = {};
};

// What is told while files are read, from within look().
struct FollowNews {
    // A run that has changed; without the points of its metrics.
    std::function<void(records::pod::ObservedRun)> run = [](const records::pod::ObservedRun&) {};
    // Of a search: a value of its objective.
    std::function<void(std::int64_t step, MetricValue)> objective = [](std::int64_t, MetricValue) {
    };
};

// Answers what scripts ask below the tracker's path of the recorder's port. Any thread.
class PodEndpoint {
  public:
    virtual ~PodEndpoint() = default;
    // `path` is what stands behind the tracker's: "/graphql" of "/wandb/graphql".
    virtual void handle(net::Exchange& exchange, std::string_view path) = 0;
};

// One thread at a time.
class Follower {
  public:
    virtual ~Follower() = default;

    // Comes back to what an earlier life of the recorder was told.
    virtual Status open() { return {}; }
    // Null: its scripts call nobody.
    virtual PodEndpoint* endpoint() { return nullptr; }

    // Reads on. True: there is more to read at once; it comes back now and then so that others can
    // be told. Ends early when the token stops.
    virtual bool look(const UntrustedFolder& workspace, const FollowNews& news,
                      std::stop_token stop) = 0;
    // Nothing more is written: files that came since are looked for, and what is cut stays so.
    virtual void finish() = 0;
    // How, before files() is asked for. -1: nobody knows, since the pod was ended with it.
    virtual void command_ended(std::int64_t exit_code) { (void)exit_code; }

    virtual std::vector<records::pod::ObservedRun> runs() const = 0; // with points
    virtual std::vector<FollowedFile> files() const = 0;
    // What was uploaded to its endpoint; `location` is a folder of the shelf, `digest` is left out.
    virtual std::vector<records::pod::ObservedArtifact> uploads() const { return {}; }
    virtual std::vector<records::pod::ObservedGap> gaps() const = 0;
};

struct FollowOptions {
    std::string objective_metric; // "" without a search
    std::string endpoint_url;     // its own, as scripts see it: "http://127.0.0.1:5000/wandb"
    std::string pod_uid;
    std::filesystem::path journal; // a folder of its own; "": nothing is to be remembered
    Shelf* shelf = nullptr;        // outlives it; whoever has an endpoint needs one
};

struct Tracker {
    const char* word; // as records have it: "TensorBoard"
    const char* path; // of its endpoint on the recorder's port; "" without one
    std::unique_ptr<Follower> (*follow)(const FollowOptions& options);
    PodEnvironment (*environment)(const PodFacts& facts); // null: nothing is to be set
    std::vector<PodFile> (*files)(const PodFacts& facts); // null: there are none
};

// All that there are, in the order in which a pod serves them.
std::span<const Tracker> all_trackers();

} // namespace pedigree::trackers

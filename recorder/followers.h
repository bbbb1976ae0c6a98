#pragma once
// Followers: the recorder's side of trackers whose scripts write files (trackers/tracker.h). A
// thread of its own looks every second at what was written below the working directory and tells
// the notebook, so that the operator hears of it like of any run; at the end all is read once more,
// and the files themselves are uploaded as they are, below records::pod::followed_key(), with
// config.json beside them. Nothing stands in the journal: a recorder that was restarted reads the
// files again. look(), finish() and what follows are called by one thread at a time.

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "artifacts/s3.h"
#include "recorder/notebook.h"
#include "recorder/outputs.h"
#include "recorder/settings.h"
#include "trackers/tracker.h"

namespace pedigree::recorder {

class Followers {
  public:
    Followers(const Settings& settings, Notebook& notebook);

    // True: there is more to read at once.
    bool look(std::stop_token stop);
    // Reads all that is there; the command has ended. `moved` is called as long as it goes on.
    void finish(std::stop_token stop, const std::function<void()>& moved = [] {});

    std::vector<records::pod::ObservedRun> runs() const;
    UploadedOutputs upload(artifacts::S3Client& store, const std::string& started_at,
                           std::stop_token stop) const;

  private:
    struct Followed {
        const char* word;
        std::unique_ptr<trackers::Follower> follower;
    };

    const Settings& settings_;
    Notebook& notebook_;
    std::vector<Followed> all_;
};

// look() until stopped: the work of the thread "follow".
void keep_following(Followers& followers, std::stop_token stop);

} // namespace pedigree::recorder
